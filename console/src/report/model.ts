import type { ReportDocument } from "@watchkeeper/catalogue/report-document";

/** A report as the collector gives it. */
export type Report = ReportDocument;

/** A week or a month that one may read about. */
export interface ReportEntry {
  readonly kind: "week" | "month";
  readonly period: string;
}

/** A list of what people look for. */
export interface TopTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}
