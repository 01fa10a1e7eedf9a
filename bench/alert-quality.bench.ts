import { renderSpan, renderTable } from "@watchkeeper/alerts/command/table";
import { outcomeOf, quantile, spentBy } from "@watchkeeper/alerts/simulation/outcome";
import { type Random, seededRandom } from "@watchkeeper/alerts/simulation/random";
import {
  type Contender,
  contenders,
  type Simulated,
  simulate,
} from "@watchkeeper/alerts/simulation/simulate";
import { countedBy, type Failure, type World } from "@watchkeeper/alerts/simulation/world";
import { ruleTiming } from "@watchkeeper/alerts/slo/timing";

const DAY = 86_400;
const MONTH = 30 * DAY;
const objective = { objective: 0.999, days: 30 } as const;
const MONTHS = 16;
/** Rare events need long observation: what comes twice a year must be told from chance. */
const QUIET_MONTHS = 120;
const PEAK_RPS = 100;
const GRACE = 600;

/** 20 times as much by day as by night, and less at weekends. */
function unevenRate(second: number): number {
  const hour = (second / 3_600) % 24;
  const weekend = Math.floor(second / DAY) % 7 >= 5 ? 0.6 : 1;
  const steepness = Math.log(20) / 2;
  return PEAK_RPS * weekend * Math.exp(steepness * (Math.cos(((hour - 14) * 2 * Math.PI) / 24) - 1));
}

type Kind = "outage" | "brownOut" | "slowBurn" | "blip";
interface Incident extends Failure {
  readonly kind: Kind;
}

const between = (random: Random, from: number, to: number): number => from + random.uniform() * (to - from);

const incidentKinds: readonly {
  readonly kind: Kind;
  readonly share: number;
  readonly minutes: readonly [number, number];
}[] = [
  { kind: "outage", share: 1, minutes: [5, 30] },
  { kind: "brownOut", share: 0.1, minutes: [20, 60] },
  { kind: "slowBurn", share: 0.013, minutes: [360, 600] },
];

/** An incident every third day, of each kind in turn, and three blips a day of 25 s on average. */
function incidents(random: Random, turn: number): readonly Incident[] {
  const serious = Array.from({ length: 10 }, (_, i): Incident => {
    const { kind, share, minutes } = incidentKinds[
      (turn + i) % incidentKinds.length
    ] as (typeof incidentKinds)[0];
    const begin = MONTH + i * 3 * DAY + between(random, 0, 2 * DAY);
    return { kind, share, begin, end: begin + 60 * between(random, ...minutes) };
  });
  const blips = Array.from({ length: 90 }, (_, i): Incident => {
    const begin = MONTH + (i / 3) * DAY + between(random, 0, DAY / 3 - 600);
    return {
      kind: "blip",
      share: 1,
      begin,
      end: begin + Math.min(590, -25 * Math.log(1 - random.uniform())),
    };
  }).filter(({ begin, end }) => !serious.some((one) => begin < one.end + 3_600 && one.begin < end + 3_600));
  return [...serious, ...blips].sort((a, b) => a.begin - b.begin);
}

/** What is measured of one contender over all months. */
interface Tally {
  readonly detection: Record<Kind, (number | undefined)[]>;
  readonly reset: (number | undefined)[];
  pages: number;
  insignificant: number;
  costlyBlips: number;
  costlyBlipsFound: number;
}

const newTally = (): Tally => ({
  detection: { outage: [], brownOut: [], slowBurn: [], blip: [] },
  reset: [],
  pages: 0,
  insignificant: 0,
  costlyBlips: 0,
  costlyBlipsFound: 0,
});

function countMonth(
  tally: Tally,
  name: Contender,
  { scraped, fired }: Simulated,
  happened: readonly Incident[],
) {
  const firings = fired[name].page;
  const budget =
    (1 - objective.objective) * (countedBy(scraped, "total", 2 * MONTH) - countedBy(scraped, "total", MONTH));
  for (const incident of happened) {
    const outcome = outcomeOf(incident, firings, scraped, budget, GRACE);
    if (!outcome) continue;
    tally.detection[incident.kind].push(outcome.detection);
    if (incident.kind === "outage" && outcome.detection !== undefined) tally.reset.push(outcome.reset);
    if (incident.kind === "blip" && spentBy(incident, scraped, budget) >= 0.02) {
      tally.costlyBlips += 1;
      if (outcome.detection !== undefined) tally.costlyBlipsFound += 1;
    }
  }
  for (const { begin } of firings) {
    tally.pages += 1;
    const cause = happened.findLast((incident) => incident.begin <= begin);
    if (!cause || spentBy(cause, scraped, budget) < 0.01) tally.insignificant += 1;
  }
}

/** Months of a busy service. Each begins with a month of history, and has scrapes and rules at moments of its own. */
function liveBusyMonths(): Readonly<Record<Contender, Tally>> {
  const tallies = Object.fromEntries(contenders.map((name) => [name, newTally()])) as Record<
    Contender,
    Tally
  >;
  for (let month = 0; month < MONTHS; month += 1) {
    const random = seededRandom(1_000 + month);
    const failures = incidents(random, month);
    const world: World = {
      seconds: 2 * MONTH,
      instances: 4,
      rate: unevenRate,
      background: 0.0001,
      failures,
      errorSeries: "from the start",
    };
    const simulated = simulate({
      world,
      objective,
      timing: ruleTiming,
      random,
      from: MONTH,
      severities: ["page"],
    });
    for (const name of contenders) countMonth(tallies[name], name, simulated, failures);
  }
  return tallies;
}

/** Pages a month for a service that is exactly as good as promised and gets five requests an hour. */
function pagesAtLowTraffic(errorSeries: World["errorSeries"]): Readonly<Record<Contender, number>> {
  const pages = Object.fromEntries(contenders.map((name) => [name, 0])) as Record<Contender, number>;
  const MONTHS_A_RUN = 5;
  for (let run = 0; run < QUIET_MONTHS / MONTHS_A_RUN; run += 1) {
    const world: World = {
      seconds: (MONTHS_A_RUN + 1) * MONTH,
      instances: 4,
      rate: () => 5 / 3_600,
      background: 1 - objective.objective,
      failures: [],
      errorSeries,
    };
    const random = seededRandom(2_000 + run);
    const { fired } = simulate({
      world,
      objective,
      timing: ruleTiming,
      random,
      from: MONTH,
      severities: ["page"],
    });
    for (const name of contenders) pages[name] += fired[name].page.length;
  }
  return Object.fromEntries(contenders.map((name) => [name, pages[name] / QUIET_MONTHS])) as Record<
    Contender,
    number
  >;
}

const each = (value: (name: Contender) => number | undefined, digits: number) =>
  Object.fromEntries(
    contenders.map((name) => {
      const found = value(name);
      return [name, found === undefined ? null : Number(found.toFixed(digits))];
    }),
  );

/** Compares how soon, how long and how often five sets of rules page. The last line is JSON. */
export async function run(print: (line: string) => void): Promise<void> {
  print(
    `An objective of ${objective.objective * 100} % over ${objective.days} days; scrapes and rules every ` +
      `${ruleTiming.interval} s; ${MONTHS} months of up to ${PEAK_RPS} requests/s, 20:1 between day and night.`,
  );
  const busy = liveBusyMonths();
  const created = pagesAtLowTraffic("from the start");
  const lazy = pagesAtLowTraffic("at the first error");
  const p50 = (name: Contender, kind: Kind) => quantile(busy[name].detection[kind], 0.5);
  const resetOf = (name: Contender) => quantile(busy[name].reset, 0.5);
  const row = (title: string, value: (name: Contender) => string) => [title, ...contenders.map(value)];
  print(
    renderTable([
      ["", ...contenders],
      row("outage found, p50", (name) => renderSpan(p50(name, "outage"))),
      row("outage found, p95", (name) => renderSpan(quantile(busy[name].detection.outage, 0.95))),
      row("10 % fail, found, p50", (name) => renderSpan(p50(name, "brownOut"))),
      row("1.3 % fail, found, p50", (name) => renderSpan(p50(name, "slowBurn"))),
      row("reset after an outage, p50", (name) => renderSpan(resetOf(name))),
      row("pages a month", (name) => (busy[name].pages / MONTHS).toFixed(2)),
      row("for less than 1 % of the budget", (name) => (busy[name].insignificant / MONTHS).toFixed(2)),
      row(
        "blips of 2 % and more, found",
        (name) => `${busy[name].costlyBlipsFound}/${busy[name].costlyBlips}`,
      ),
      row("5 requests/h, false pages a month", (name) => created[name].toFixed(2)),
      row("… errors' series made by the first", (name) => lazy[name].toFixed(2)),
    ]),
  );
  print(
    JSON.stringify({
      outage_p50_s: each((name) => p50(name, "outage"), 0),
      reset_min: each((name) => {
        const reset = resetOf(name);
        return reset === undefined ? undefined : reset / 60;
      }, 1),
      low_traffic_false_pages: each((name) => created[name], 3),
      insignificant_pages: each((name) => busy[name].insignificant / MONTHS, 2),
    }),
  );
}
