/**
 * A report as data: what the collector writes, and what a mail, a PDF and the console draw, each in its own way. Every
 * text is plain text that whoever draws it escapes.
 */
export interface ReportDocument {
  readonly kind: "week" | "month";
  /** `2026-W46` or `2026-11`. */
  readonly period: string;
  readonly title: string;
  /** The days, such as `Monday 9 to Sunday 15 November 2026, Europe/Berlin`. */
  readonly subtitle: string;
  /** One or two sentences for people who read no further. */
  readonly summary: string;
  readonly notices: readonly ReportNotice[];
  readonly sections: readonly ReportSection[];
}

/** What a reader must know before believing the figures. */
export interface ReportNotice {
  readonly kind: "demo" | "not-measured";
  readonly text: string;
}

export interface ReportSection {
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

export type Tone = "good" | "bad" | "plain";

/** A number with what it means. */
export interface ReportFigure {
  readonly name: string;
  readonly value: string;
  /** How it compares, such as `12 % more than the week before`. */
  readonly trend?: string;
  readonly tone: Tone;
}

/** A table's cell: text, and whether it is good news or bad. */
export interface ReportCell {
  readonly text: string;
  readonly tone?: Tone;
}

export type ReportBlock =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "figures"; readonly figures: readonly ReportFigure[] }
  | {
      readonly kind: "table";
      /** Columns after the first are numbers, set right, where `numeric` says so. */
      readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
      readonly rows: readonly (readonly ReportCell[])[];
    }
  | {
      readonly kind: "chart";
      /** Says what the picture shows, for people who do not see it. */
      readonly alt: string;
      readonly svg: string;
      readonly width: number;
      readonly height: number;
    };
