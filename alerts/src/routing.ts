import { sloAlerts } from "@watchkeeper/catalogue/names";
import { address, type ServiceName } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";
import type { TeamName } from "@watchkeeper/catalogue/teams";
import type { Alert, Duration, Severity } from "./alert.ts";
import { groupLabelsOf } from "./slo/shared-rules.ts";
import { pageFallback } from "./symptoms/PageFallback.ts";
import { watchdog } from "./symptoms/Watchdog.ts";

/** Who hears of which alert, and when. Alertmanager decides where an alert goes; the pager whom it reaches. */

/** What an alert must carry for a route to take it. Several conditions must all hold. */
export interface Matching {
  readonly alert?: Alert;
  readonly severity?: Severity;
  readonly owner?: TeamName;
  readonly service?: ServiceName;
}

export interface Timing {
  /** How long the first alert of a group waits for company. */
  readonly groupWait: Duration;
  /** How soon news of a group follows, the end of an alert included. */
  readonly groupInterval: Duration;
  /** After which time without news it is said again. */
  readonly repeatInterval: Duration;
}

export interface Route {
  readonly when: Matching;
  readonly receiver: ReceiverName;
  /** What differs from `defaultTiming`. */
  readonly timing?: Partial<Timing>;
}

const PAGER = `http://${address("pager", "http")}/webhooks/alertmanager`;

/** A receiver that calls the pager, or one that Alertmanager serves by itself. */
export type Receiver =
  | { readonly webhook: string }
  | { readonly email: { readonly to: string; readonly from: string; readonly smarthost: string } };

/**
 * Receivers are named apart so that Alertmanager counts their deliveries apart; the pager takes them all but one: what
 * is left when the pager itself is in trouble must need nothing of ours. Its mail server is the stand-in until you
 * name yours.
 */
export const receivers = {
  pager: { webhook: PAGER },
  heartbeat: { webhook: PAGER },
  "native-fallback": {
    email: {
      to: "on-call@localhost",
      from: "alertmanager@localhost",
      smarthost: address("inbox", "smtp"),
    },
  },
} as const satisfies Record<string, Receiver>;
export type ReceiverName = keyof typeof receivers;

/** What no route takes. */
export const defaultReceiver: ReceiverName = "pager";
export const defaultTiming: Timing = { groupWait: "10s", groupInterval: "30s", repeatInterval: "4h" };

/**
 * Alerts of one group come as one message. What breaks one promise of a service, such as its database going away,
 * breaks most of them at once: that is one message and one incident, which names them all, and no storm.
 */
export const groupBy = ["alertname", "service"] as const;

/** The first route that matches takes the alert. */
export const routes: readonly Route[] = [
  {
    // Alertmanager looks once a group interval whether the repeat interval has passed since it *finished* sending:
    // were both a minute, every other beat would be left out.
    when: { alert: watchdog },
    receiver: "heartbeat",
    timing: { groupWait: "0s", groupInterval: "1m", repeatInterval: "50s" },
  },
  {
    when: { alert: pageFallback },
    receiver: "native-fallback",
    timing: { groupWait: "0s", groupInterval: "1m", repeatInterval: "15m" },
  },
  { when: { severity: "page" }, receiver: "pager" },
  {
    when: { severity: "ticket" },
    receiver: "pager",
    timing: { groupWait: "1m", groupInterval: "5m", repeatInterval: "1d" },
  },
];

/** While one of the sources fires, the target that agrees with it in all of these labels is told to nobody. */
export interface InhibitRule {
  /** Names of alerts. */
  readonly sources: readonly string[];
  readonly target: string;
  readonly equal: readonly string[];
}

/**
 * What alerts say keeps them quiet. Alertmanager says nothing of an inhibited alert, not even that it ended; the pager
 * asks it every minute, so an incident that was open before ends some minutes later than it would have.
 */
export const inhibitionsOf = (alerts: readonly Alert[]): readonly InhibitRule[] =>
  alerts.flatMap(({ name, inhibitedBy }) =>
    "never" in inhibitedBy
      ? []
      : [
          {
            sources: inhibitedBy.alerts.map((source) => source.name),
            target: name,
            equal: ["service", ...(inhibitedBy.same ?? [])],
          },
        ],
  );

/** Who is up for the fast burn of a promise knows of its slow one, which goes on when the page is over. */
export const inhibitionsOfPromises = (slos: readonly Slo[]): readonly InhibitRule[] => [
  {
    sources: [sloAlerts.burnsFast],
    target: sloAlerts.burnsSlowly,
    equal: ["service", "slo", ...groupLabelsOf(slos)],
  },
];
