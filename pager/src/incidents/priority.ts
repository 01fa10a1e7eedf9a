import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";
import type { Severity } from "./severity.ts";

/**
 * How bad it is, beside what a person must do about it (the severity):
 *
 * - P0: the product is down or leaks data; everybody it takes, at once. Pages, pierces storms.
 * - P1: an important part is broken or a promise is about to be. Pages.
 * - P2: something is worse than it should be; working hours.
 * - P3: worth knowing; nobody is told.
 */
export type Priority = LabelValue<"priority">;

/** Most urgent first, as the catalogue lists them. */
export const priorities: readonly Priority[] = labels.priority.values;

/** 0 is the most urgent: the order in which messages leave. */
export const rankOf = (priority: Priority): number => priorities.indexOf(priority);

const ofSeverity: Readonly<Record<Severity, Priority>> = { page: "P1", ticket: "P2", info: "P3" };

export const severityOf: Readonly<Record<Priority, Severity>> = {
  P0: "page",
  P1: "page",
  P2: "ticket",
  P3: "info",
};

/** Only these wake people. */
export const pages = (priority: Priority): boolean => severityOf[priority] === "page";

/**
 * The priority of an alert: its label `priority`, or a `severity` that is one, where they agree with what its severity
 * asks of people; the severity's own otherwise. A label `priority: P3` never silences an alert that pages.
 */
export function priorityOf(alertLabels: Readonly<Record<string, string>>, severity: Severity): Priority {
  const said = priorities.find(
    (priority) => priority === alertLabels.priority || priority === alertLabels.severity,
  );
  return said && severityOf[said] === severity ? said : ofSeverity[severity];
}
