import type { WindowDays } from "@watchkeeper/catalogue/slo";
import type { Duration } from "../alert.ts";
import { secondsOf } from "../slo/timing.ts";

/** The ratio of errors is above a limit over each of some windows. */
export interface TooManyErrors {
  readonly windows: readonly Duration[];
  /** As a multiple of the share of events that may fail, or as a plain share. */
  readonly above: { readonly burnRate: number } | { readonly ratio: number };
}

/** One alert of rules that compare ratios of errors over windows. */
export interface RatioAlert {
  readonly severity: "page" | "ticket";
  readonly for: Duration;
  /** One of them is enough. */
  readonly anyOf: readonly TooManyErrors[];
}

/** Rules of another tool's shape. */
export interface Peer {
  /** Whether alerts are a rule group of their own, which reads what another group recorded some time before. */
  readonly alertsApart: boolean;
  readonly alerts: readonly RatioAlert[];
}

export const peerNames = ["sloth", "pyrra", "naive"] as const;
export type PeerName = (typeof peerNames)[number];

/** The rate of burning that spends a share of the budget within a window. */
const burning = (share: number, days: WindowDays, short: Duration, long: Duration): TooManyErrors => ({
  windows: [short, long],
  above: { burnRate: Number(((share * days * 86_400) / secondsOf(long)).toPrecision(12)) },
});

/** sloth v0.16, internal/alert/windows/google-30d.yaml and google-28d.yaml. */
const sloth = (days: WindowDays): Peer => ({
  alertsApart: true,
  alerts: [
    {
      severity: "page",
      for: "0s",
      anyOf: [burning(0.02, days, "5m", "1h"), burning(0.05, days, "30m", "6h")],
    },
    {
      severity: "ticket",
      for: "0s",
      anyOf: [burning(0.1, days, "2h", "1d"), burning(0.1, days, "6h", "3d")],
    },
  ],
});

const slower = (
  severity: RatioAlert["severity"],
  forTime: Duration,
  short: Duration,
  long: Duration,
  burnRate: number,
): RatioAlert => ({
  severity,
  for: forTime,
  anyOf: [{ windows: [short, long], above: { burnRate } }],
});

/** pyrra, slo/slo.go, `Windows` of four weeks. */
const pyrra: Peer = {
  alertsApart: false,
  alerts: [
    slower("page", "2m", "5m", "1h", 14),
    slower("page", "15m", "30m", "6h", 7),
    slower("ticket", "1h", "2h", "1d", 2),
    slower("ticket", "3h", "6h", "4d", 1),
  ],
};

/** The rule that everybody writes first. */
const naive: Peer = {
  alertsApart: false,
  alerts: [{ severity: "page", for: "5m", anyOf: [{ windows: ["5m"], above: { ratio: 0.05 } }] }],
};

export const peers = (days: WindowDays): Readonly<Record<PeerName, Peer>> => ({
  sloth: sloth(days),
  pyrra,
  naive,
});

/** The ratio of errors above which a promise burns too fast. */
export const limitOf = ({ above }: TooManyErrors, budget: number): number =>
  "ratio" in above ? above.ratio : above.burnRate * budget;

/** Every window that an alert of a peer looks at, the shortest first. */
export const windowsOf = ({ alerts }: Peer): readonly Duration[] =>
  [...new Set(alerts.flatMap(({ anyOf }) => anyOf.flatMap(({ windows }) => windows)))].sort(
    (a, b) => secondsOf(a) - secondsOf(b),
  );
