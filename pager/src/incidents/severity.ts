import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";

/** What a person must do: wake up, look in working hours, nothing. */
export type Severity = LabelValue<"severity">;

/** Most severe first, as the catalogue lists them. */
export const severities: readonly Severity[] = labels.severity.values;

/** 0 is the most urgent. */
export const urgencyOf = (severity: Severity): number => severities.indexOf(severity);

export const isMoreSevere = (one: Severity, other: Severity): boolean => urgencyOf(one) < urgencyOf(other);

/** How others call what we call by what a person must do. */
const ofOthers: Readonly<Record<string, Severity>> = {
  P0: "page",
  P1: "page",
  P2: "ticket",
  P3: "info",
  critical: "page",
  warning: "ticket",
};

/** An alert whose severity is missing or unknown pages: when in doubt somebody must look. */
export const parseSeverity = (label: string | undefined): Severity =>
  severities.find((severity) => severity === label) ??
  (label !== undefined && Object.hasOwn(ofOthers, label) ? ofOthers[label] : undefined) ??
  "page";
