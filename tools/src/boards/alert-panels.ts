import { type PanelName, panelId } from "@watchkeeper/catalogue/names";
import type { KnownSeries } from "../expressions.ts";
import type { BoardJson } from "./board-json.ts";
import { seriesIn } from "./rule.ts";

/** An alert with the panel that it leads to. */
export interface Leading {
  readonly name: string;
  readonly panel: PanelName;
  /** What it judges; without one, any panel will do. */
  readonly expr?: string;
}

const FAMILY = /_(?:bucket|count|sum)$/;

/**
 * Finds alerts that lead to a panel which is not there, or which shows nothing of what the alert judges.
 * @param unseen series that no board shows, with the reason: a panel may show another of the same in their place
 */
export function checkPanels(
  alerts: readonly Leading[],
  boards: readonly BoardJson[],
  known: KnownSeries,
  unseen: Readonly<Record<string, string>>,
): readonly string[] {
  const families = (text: string): readonly string[] =>
    seriesIn(text, known).map((series) => (known.has(series) ? series.replace(FAMILY, "") : series));
  return alerts.flatMap(({ name, panel: wanted, expr }) => {
    const board = boards.find(({ uid }) => wanted.startsWith(`${uid}/`));
    const panel = board?.panels.find(({ id }) => id === panelId(wanted));
    if (!panel) return [`${name} leads to panel ${wanted}, which does not exist`];
    const judged = families(expr ?? "");
    const shown = new Set((panel.targets ?? []).flatMap((target) => families(target.expr ?? "")));
    if (judged.length === 0 || judged.some((series) => shown.has(series) || series in unseen)) return [];
    return [`${name} leads to panel ${wanted}, which shows none of ${[...new Set(judged)].join(", ")}`];
  });
}
