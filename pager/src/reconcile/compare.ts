import type { Upstream, UpstreamAlert } from "./alertmanager.ts";

/** Longer than the longest wait of a group (a minute) and a delivery of it: what we should know by now. */
const SHOULD_BE_KNOWN_MS = 2 * 60_000;

/** Gone for this long, from an Alertmanager that is up for this long, an alert is over. */
export const GONE_MS = 5 * 60_000;

/** A firing alert as we know it. */
export interface KnownAlert {
  readonly fingerprint: string;
  readonly suppressed: boolean;
  readonly absentSince: Date | null;
}

export interface Differences {
  /** Active there and not known to fire here. */
  readonly missedFiring: readonly UpstreamAlert[];
  /** Fingerprints that fire here and are unknown there for long enough. */
  readonly missedResolve: readonly string[];
  /** Unknown there since now: the time of their absence begins. */
  readonly absent: readonly string[];
  readonly presentAgain: readonly string[];
  readonly suppressed: readonly string[];
  readonly unsuppressed: readonly string[];
}

/**
 * Where Alertmanager and we do not agree. The watchdog is nobody's alert.
 *
 * @param shouldBeKnownMs how long an alert that we have not heard of may still be on its way
 */
export function compare(
  upstream: Upstream,
  known: readonly KnownAlert[],
  now: Date,
  shouldBeKnownMs = SHOULD_BE_KNOWN_MS,
): Differences {
  const there = new Map(
    upstream.alerts
      .filter(({ labels }) => labels.alertname !== "Watchdog")
      .map((alert) => [alert.fingerprint, alert]),
  );
  const here = new Map(known.map((alert) => [alert.fingerprint, alert]));
  const ageMs = (instant: string): number => now.getTime() - Date.parse(instant);
  const heardOfAll = now.getTime() - upstream.upSince.getTime() >= GONE_MS;
  const names = (pick: (alert: KnownAlert, upstreamAlert: UpstreamAlert | undefined) => boolean): string[] =>
    known.filter((alert) => pick(alert, there.get(alert.fingerprint))).map(({ fingerprint }) => fingerprint);
  return {
    missedFiring: [...there.values()].filter(
      ({ fingerprint, status, startsAt }) =>
        status.state === "active" && !here.has(fingerprint) && ageMs(startsAt) >= shouldBeKnownMs,
    ),
    missedResolve: names(
      ({ absentSince }, alert) =>
        !alert && heardOfAll && absentSince !== null && now.getTime() - absentSince.getTime() >= GONE_MS,
    ),
    absent: names(({ absentSince }, alert) => !alert && absentSince === null),
    presentAgain: names(({ absentSince }, alert) => alert !== undefined && absentSince !== null),
    suppressed: names(({ suppressed }, alert) => alert?.status.state === "suppressed" && !suppressed),
    unsuppressed: names(({ suppressed }, alert) => alert?.status.state === "active" && suppressed),
  };
}
