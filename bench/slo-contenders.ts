import { type PeerGroup, peerGroups, type Rival } from "@watchkeeper/alerts/simulation/peer-rules";
import { hourlyRules } from "@watchkeeper/alerts/slo/carried-on";
import { countOf } from "@watchkeeper/alerts/slo/count";
import { SELDOM, seldomRules, sloRules } from "@watchkeeper/alerts/slo/rules";
import { defineTiming, ruleTiming, secondsOf } from "@watchkeeper/alerts/slo/timing";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, match, promql, series } from "@watchkeeper/catalogue/promql";
import { badOf, defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { directoryAvailability } from "@watchkeeper/catalogue/slos/directory";
import type { Backfilled } from "./backfilled-prometheus.ts";
import type { History } from "./remote-write.ts";
import { BEGIN, DENSE_FROM, END, INTERVAL, SPARSE_INTERVAL } from "./slo-data.ts";

/** The rules that are compared, and the past that they would have recorded themselves. */

const app = { job: "app" } as const;
export const total = series(httpRequestsTotal, app);
export const bad = series(httpRequestsTotal, { ...app, status: match("5..") });

/** As many promises as are wanted, all about the same series. */
export function promises(count: number): readonly Slo[] {
  const letters = (n: number): string => [...String(n)].map((digit) => "ABCDEFGHIJ"[Number(digit)]).join("");
  return Array.from({ length: count }, (_, i) =>
    defineSlo({ ...directoryAvailability, name: `Slo${letters(i)}`, indicator: badOf([bad], [total]) }),
  );
}

/** The one whose budget is compared with the truth. */
export const [slo] = promises(1) as readonly [Slo];
export const rival: Rival = { name: slo.name, objective: slo.objective, days: slo.days, total, bad };

/** A set of rules, each with how often a minute it is evaluated. */
export type Load = readonly { readonly expr: string; readonly perMinute: number }[];

const loadOf = (groups: readonly PeerGroup[]): Load =>
  groups.flatMap(({ interval, rules }) =>
    rules.map(({ expr }) => ({ expr, perMinute: 60 / secondsOf(interval) })),
  );

export const ourLoad = (slos: readonly Slo[]): Load => [
  ...sloRules(slos).map(({ expr }, i, { length }) => ({
    expr: expr.text,
    perMinute: 60 / INTERVAL / (i < length - seldomRules(slos).length ? 1 : SELDOM),
  })),
  ...hourlyRules.map(({ expr }) => ({ expr: expr.text, perMinute: 1 / 60 })),
];

/** Peers have no rules that promises share: theirs for ten promises are ten times those for one. */
export const peerLoads = {
  sloth: loadOf(peerGroups.sloth(rival, `${INTERVAL}s`)),
  pyrra: loadOf(peerGroups.pyrra(rival, `${INTERVAL}s`)),
} as const;

/** The series that a promise has lastingly. */
export const seriesRecorded = new Set(
  [...sloRules([slo]), ...hourlyRules].flatMap((rule) =>
    "record" in rule && !/_resume$/.test(rule.record) ? [rule.record] : [],
  ),
).size;

export type Counts = Readonly<Record<"events" | "errors", readonly (readonly [number, number])[]>>;

/** Lets our own rules count the month, as they would have done live: as often as there are samples. */
export async function countMonth(prometheus: Backfilled): Promise<Counts> {
  const stretches = [
    { from: BEGIN, to: DENSE_FROM, interval: SPARSE_INTERVAL },
    { from: DENSE_FROM + INTERVAL, to: END, interval: INTERVAL },
  ];
  const counts: Record<"events" | "errors", [number, number][]> = { events: [], errors: [] };
  for (const { from, to, interval } of stretches) {
    const timing = defineTiming({ ...ruleTiming, interval }, ruleTiming.lag - 1);
    const reading = countOf(slo, timing);
    const count = countOf(slo, timing, { errors: promql`(${reading.errors})` });
    for (const kind of ["events", "errors"] as const) {
      const expr: Expr = count[kind];
      counts[kind].push(...(await prometheus.askRange(expr.text, from, to, interval)));
    }
  }
  return counts;
}

/** Where rules look: lately, and at the begin of each window; what lies between costs nothing and is left out. */
const lookedAt = (time: number): boolean =>
  time > END - 2 * 3_600 ||
  [2, 4, 6, 12, 24, 24.25, 72, 168, 168.25, 720].some((hours) => {
    const age = END - hours * 3_600 - time;
    return age >= -60 && age < 300;
  });

/** What our rules would have recorded for these promises. */
export function recordOurs(counts: Counts, slos: readonly Slo[]): readonly History[] {
  const sumOf = (kind: "events" | "errors") => {
    let sum = 0;
    return counts[kind].map(([time, value]): [number, number] => {
      sum += value;
      return [time, sum];
    });
  };
  const sums = { events: sumOf("events"), errors: sumOf("errors") };
  const lately = Array.from({ length: 61 }, (_, i) => END - (60 - i) * INTERVAL);
  return slos.flatMap(({ name, service, owner, urgency, preset, days, objective }) => {
    const labels = `{slo="${name}"}`;
    const constant = (series: string, value: number): History => ({
      series,
      samples: lately.map((time) => [time, value] as const),
    });
    const whose = `urgency="${urgency}",preset="${preset}",window="${days}d",idle="no"`;
    const kinds = [
      ["events", sloSeries.eventsDelta, sloSeries.eventsCumulative, sloSeries.eventsHourly],
      ["errors", sloSeries.errorsDelta, sloSeries.errorsCumulative, sloSeries.errorsHourly],
    ] as const;
    return [
      ...kinds.flatMap(([kind, delta, cumulative, hourly]): History[] => [
        { series: `${delta}${labels}`, samples: counts[kind].filter(([time]) => time > END - 900) },
        {
          series: `${cumulative}${labels}`,
          samples: sums[kind].filter(([time]) => name === slo.name || lookedAt(time)),
        },
        {
          series: `${hourly}${labels}`,
          samples: sums[kind].filter(([time]) => (time - BEGIN) % 3_600 === 0),
        },
      ]),
      constant(`${sloSeries.born}${labels}`, BEGIN),
      constant(`${sloSeries.bornHourly}${labels}`, BEGIN),
      constant(
        `${sloSeries.budgetRatio}{slo="${name}",service="${service}",owner="${owner}",${whose}}`,
        1 - objective,
      ),
      constant(`${sloSeries.budgetEvents}${labels}`, (sums.events.at(-1)?.[1] ?? 0) * (1 - objective)),
      constant(`${sloSeries.budgetRemaining}${labels}`, 0.5),
    ];
  });
}

/** What the peers' rules would have recorded that others of their rules read. */
export async function recordTheirs(prometheus: Backfilled): Promise<readonly History[]> {
  const rules = [
    ...peerGroups.sloth(rival, `${INTERVAL}s`),
    ...peerGroups.pyrra(rival, `${INTERVAL}s`),
  ].flatMap((g) => g.rules);
  const histories: History[] = [];
  for (const { record, expr, labels } of rules) {
    if (!record || !/ratio_rate|burnrate/.test(record) || /_over_time/.test(expr)) continue;
    const [name, value] = Object.entries(labels)[0] ?? [];
    // Over the whole month only where a rule averages it; the others are read at one moment.
    const averaged = record.endsWith("ratio_rate5m");
    const [from, step] = averaged ? [BEGIN, SPARSE_INTERVAL] : [END - 4 * INTERVAL, INTERVAL];
    const samples = await prometheus.askRange(expr, from, END, step);
    histories.push({
      series: `${record}{${name}="${value}"}`,
      samples: [...samples].filter(([, ratio]) => Number.isFinite(ratio)),
    });
  }
  return histories;
}
