import { createRandom } from "./random.ts";
import { type Page, type RuleSetName, ruleSetNames, ruleSets } from "./rulesets.ts";
import { SCRAPE_SECONDS, type Scenario, type Scraped, scrapeAll, type Trouble } from "./traffic.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;

/** The value below which a share of the values lies, or undefined without values. */
export const quantile = (values: readonly number[], share: number): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

/** Twenty times as much by day as at night, and less on weekends. */
const uneven =
  (peak: number) =>
  (second: number): number => {
    const day = Math.floor(second / DAY) % 7;
    const wave = (1 - Math.cos((2 * Math.PI * (second % DAY)) / DAY)) / 2;
    return peak * (0.05 + 0.95 * wave) * (day >= 5 ? 0.6 : 1);
  };

/** Something larger every three days, and three short interruptions a day. */
function troublesOf(seconds: number, seed: number): readonly Trouble[] {
  const random = createRandom(seed);
  const troubles: Trouble[] = [];
  const kinds = [
    { kind: "outage", share: 1, length: () => 5 * MINUTE + random.exponential(10 * MINUTE) },
    { kind: "brown-out", share: 0.1, length: () => 20 * MINUTE + random.exponential(HOUR) },
    { kind: "slow burn", share: 0.013, length: () => 6 * HOUR + random.exponential(6 * HOUR) },
  ] as const;
  for (let at = 3 * DAY, i = 0; at < seconds - 2 * DAY; at += 3 * DAY, i += 1) {
    const { kind, share, length } = kinds[i % kinds.length] ?? kinds[0];
    const from = at + random.next() * DAY;
    troubles.push({ kind, share, from, to: from + length() });
  }
  for (let at = random.exponential(DAY / 3); at < seconds; at += random.exponential(DAY / 3)) {
    troubles.push({ kind: "blip", share: 1, from: at, to: at + random.exponential(25) });
  }
  return troubles.sort((a, b) => a.from - b.from);
}

const countsBetween = (
  scraped: readonly Scraped[],
  what: "events" | "errors",
  from: number,
  to: number,
): number =>
  scraped.reduce((sum, { phase, [what]: seen }) => {
    const at = (second: number): number =>
      seen[Math.max(0, Math.min(seen.length - 1, Math.floor((second - phase) / SCRAPE_SECONDS)))] ?? 0;
    return sum + at(to) - at(from);
  }, 0);

/** How soon each trouble of a kind was told, and how long after its end that ended; untold ones are left out. */
export function judge(pages: readonly Page[], troubles: readonly Trouble[]) {
  const told = troubles.flatMap((trouble) => {
    if (pages.some(({ from, to }) => from < trouble.from && to > trouble.from)) return [];
    const page = pages.find(({ from }) => from >= trouble.from && from <= trouble.to + 5 * MINUTE);
    return page ? [{ detection: page.from - trouble.from, reset: page.to - trouble.to }] : [];
  });
  return { detections: told.map(({ detection }) => detection), resets: told.map(({ reset }) => reset) };
}

export interface AlertQuality {
  readonly outage_p50_s: Readonly<Record<RuleSetName, number | null>>;
  readonly reset_min: Readonly<Record<RuleSetName, number | null>>;
  readonly low_traffic_false_pages: Readonly<Record<RuleSetName, number>>;
  readonly insignificant_pages: Readonly<Record<RuleSetName, number>>;
}

const round = (value: number | undefined, digits: number): number | null =>
  value === undefined ? null : Number(value.toFixed(digits));

const forAll = <T>(of: (name: RuleSetName) => T): Readonly<Record<RuleSetName, T>> =>
  Object.fromEntries(ruleSetNames.map((name) => [name, of(name)])) as Record<RuleSetName, T>;

/**
 * Months of uneven traffic with outages, brown-outs, slow burns and blips, and months of a service with five requests
 * an hour that keeps its promise exactly. All sets of rules see the same scrapes. Objective: 99.9 %.
 */
export function measureAlertQuality({ months = 16, lowTrafficMonths = 120, seed = 1 } = {}): AlertQuality {
  const objective = 0.999;
  const seconds = months * MONTH;
  const busy: Scenario = {
    seconds,
    rate: uneven(200),
    background: 0.0001,
    troubles: troublesOf(seconds, seed),
    seed,
  };
  const scraped = scrapeAll(busy);
  const outages = busy.troubles.filter(({ kind }) => kind === "outage");
  const monthlyBudget = ((1 - objective) * countsBetween(scraped, "events", 0, seconds)) / months;
  const pages = forAll((name) => ruleSets[name](scraped, objective));
  const found = forAll((name) => judge(pages[name], outages));
  const insignificant = ({ from, to }: Page): boolean =>
    countsBetween(scraped, "errors", from - 6 * HOUR, to) < 0.01 * monthlyBudget;

  const rare: Scenario = {
    seconds: lowTrafficMonths * MONTH,
    rate: () => 5 / HOUR,
    background: 1 - objective,
    troubles: [],
    seed: seed + 1,
  };
  const rarely = scrapeAll(rare);
  return {
    outage_p50_s: forAll((name) => round(quantile(found[name].detections, 0.5), 0)),
    reset_min: forAll((name) => round((quantile(found[name].resets, 0.5) ?? Number.NaN) / MINUTE, 1)),
    low_traffic_false_pages: forAll(
      (name) => round(ruleSets[name](rarely, objective).length / lowTrafficMonths, 3) ?? 0,
    ),
    insignificant_pages: forAll((name) => round(pages[name].filter(insignificant).length / months, 2) ?? 0),
  };
}
