import { nominalDays } from "@watchkeeper/catalogue/calendar";
import { labels } from "@watchkeeper/catalogue/labels";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import type { Selector } from "@watchkeeper/catalogue/promql";
import { METRICS_RETENTION_DAYS } from "@watchkeeper/catalogue/retention";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { pageTiers, ticketTiers } from "../slo/tiers.ts";
import { secondsOf } from "../slo/timing.ts";
import type { Sourced } from "./claim.ts";

const DAY = 86_400;

/** The edge that a selection of a bucket names, and those that its histogram has. */
function edgesOf({ name, matchers }: Selector) {
  const histogram = metrics.find((metric) => metric.type === "histogram" && `${metric.name}_bucket` === name);
  const le = matchers.le;
  if (histogram?.type !== "histogram" || le === undefined) return undefined;
  return { seconds: Number.parseFloat(typeof le === "string" ? le : le.value), edges: histogram.buckets };
}

/** Whom a promise is made to each of, held against the values that the label may take. */
function groupsOf({ name, per }: Slo): readonly Sourced[] {
  if (!per) return [];
  const label = labels[per.label];
  const values = label.kind === "closed" ? label.values.length : label.maxValues;
  return [
    { source: name, claim: { kind: "groups", of: name, label: per.label, atMost: per.atMost, values } },
  ];
}

/** What our own promises claim, with the alerts that guard them and the time that Prometheus keeps. */
export const ownClaims = (
  slos: readonly Slo[],
  retentionDays = METRICS_RETENTION_DAYS,
): readonly Sourced[] => [
  { source: "catalogue/src/retention.ts", claim: { kind: "retention", days: retentionDays } },
  ...slos.flatMap((slo): Sourced[] => {
    const days = slo.calendar ? nominalDays[slo.calendar.each] : slo.days;
    const classic =
      slo.urgency === "page" ? pageTiers.strict.filter((tier) => tier.atEvenTraffic !== undefined) : [];
    const burns = [
      ...classic.map(({ long, share }) => ({ long, burnRate: (share * days * DAY) / secondsOf(long) })),
      ...ticketTiers,
    ];
    const good = slo.indicator.kind === "good" ? edgesOf(slo.indicator.good[0]) : undefined;
    return [
      {
        source: slo.name,
        claim: {
          kind: "objective",
          of: slo.name,
          objective: slo.objective,
          days,
          ...(slo.calendar && { readDays: slo.days }),
        },
      },
      ...groupsOf(slo),
      ...burns.map(
        ({ long, burnRate }): Sourced => ({
          source: `${slo.name}'s alert over ${long}`,
          claim: { kind: "burn-alert", of: slo.name, burnRate, longestDays: secondsOf(long) / DAY },
        }),
      ),
      ...(good
        ? [
            {
              source: slo.name,
              claim: { kind: "latency", of: slo.name, statistic: slo.objective, ...good },
            } as const,
          ]
        : []),
    ];
  }),
];
