import type { SloAlertName } from "@watchkeeper/catalogue/names";
import type { Expr } from "@watchkeeper/catalogue/promql";
import type { Duration, Severity } from "../alert.ts";

/** A series that Prometheus computes for promises. */
export interface RecordingRule {
  readonly record: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: Expr;
}

/** An alert that promises share. */
export interface AlertRule {
  readonly alert: SloAlertName;
  readonly expr: Expr;
  readonly for: Duration;
  /** `tier` is the long window, `share` what part of the budget its spending stands for. */
  readonly labels: {
    readonly severity: Severity;
    readonly tier?: Duration;
    readonly share?: string;
    readonly window?: string;
  };
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertRule;
