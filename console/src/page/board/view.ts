import type { Scope } from "../../boards/interpolate.ts";
import type { Link, Panel } from "../../boards/model.ts";
import type { Happening } from "./annotations.ts";
import type { PanelData } from "./data.ts";

/** Where a panel is drawn and what it may ask of the board. */
export interface Stage {
  readonly place: HTMLElement;
  readonly panel: Panel;
  /** The panel's content as safe HTML; text panels only. */
  readonly text: string;
  /** Shows another span of time. @param from, to Unix seconds */
  zoom(from: number, to: number): void;
  /** A link of the board as this page may use it; undefined when it leads nowhere. */
  href(link: Link, scope: Scope, fields?: Readonly<Record<string, string>>): string | undefined;
  /** Tells people who do not see the page. */
  announce(text: string): void;
  /** What happened within the range, to be marked on charts. */
  happenings(): readonly Happening[];
}

export interface Drawn {
  /** What `data-value` says: raw numbers, separated by commas. Empty: there is nothing to show. */
  readonly value: string;
  /** The same in a sentence, for people who do not see the drawing. */
  readonly summary: string;
}

/** One panel, drawn again and again into the same place. */
export interface View {
  draw(data: PanelData): Drawn;
  resize?(): void;
  destroy?(): void;
}

export type CreateView = (stage: Stage) => View;

/** Raw numbers as `data-value` has them; empty when there is none. */
export const joined = (values: readonly (number | null)[]): string =>
  values.every((value) => value === null)
    ? ""
    : values.map((value) => (value === null ? "" : String(value))).join(",");
