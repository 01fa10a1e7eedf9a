import type { PanelName } from "./names.ts";

/** What the pager and the runbook page of an alert that the pager raises about itself must say alike. */
interface PagerOwn {
  readonly severity: "page" | "ticket" | "info";
  /** It is raised in the working hours of a team alone: it asks for somebody at once, and wakes nobody. */
  readonly inWorkingHours?: true;
  readonly board: string;
  readonly panel: PanelName;
}

/** The alerts that the pager raises about itself, by name. No rule knows them. */
export const pagerOwn = {
  PagerNobodyReached: { severity: "page", board: "on-call", panel: "on-call/unreached" },
  PagerNotReady: { severity: "page", inWorkingHours: true, board: "on-call", panel: "on-call/readiness" },
  PagerRouteBroken: { severity: "page", board: "on-call", panel: "on-call/trouble" },
  PagerStorm: { severity: "page", board: "on-call", panel: "on-call/incidents" },
  PagerTestPage: { severity: "info", board: "on-call", panel: "on-call/attempts" },
  PagerUnreadableAlert: { severity: "page", board: "on-call", panel: "watchkeeper/webhooks" },
} as const satisfies Readonly<Record<string, PagerOwn>>;

export type PagerOwnName = keyof typeof pagerOwn;
