import type { Board } from "../../boards/model.ts";
import type { RangeText } from "../../boards/time-range.ts";

/** What the address of a board says, in Grafana's own words: `from`, `to`, `refresh`, `var-x`, `viewPanel`. */
export interface Address {
  readonly range: RangeText;
  /** Such as `30s`; empty when nothing renews itself. */
  readonly refresh: string;
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  /** The only panel to show. */
  readonly panel: number | undefined;
}

const refreshOf = ({ refresh }: Board): string => (typeof refresh === "string" ? refresh : "");

export function readAddress(search: string, board: Board): Address {
  const parameters = new URLSearchParams(search);
  const chosen = new Map<string, readonly string[]>();
  for (const name of new Set(parameters.keys()))
    if (name.startsWith("var-")) chosen.set(name.slice(4), parameters.getAll(name));
  const panel = Number(parameters.get("viewPanel")?.replace("panel-", ""));
  return {
    range: {
      from: parameters.get("from") ?? board.time?.from ?? "now-6h",
      to: parameters.get("to") ?? board.time?.to ?? "now",
    },
    refresh: parameters.get("refresh") ?? refreshOf(board),
    chosen,
    panel: Number.isInteger(panel) && panel > 0 ? panel : undefined,
  };
}

/** @returns the query of the address, beginning with `?` */
export function writeAddress({ range, refresh, chosen, panel }: Address, board: Board): string {
  const parameters = new URLSearchParams({ from: range.from, to: range.to });
  if (refresh !== refreshOf(board)) parameters.set("refresh", refresh);
  for (const [name, values] of chosen) for (const value of values) parameters.append(`var-${name}`, value);
  if (panel !== undefined) parameters.set("viewPanel", String(panel));
  return `?${parameters}`;
}
