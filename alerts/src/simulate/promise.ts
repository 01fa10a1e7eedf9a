import { judge, quantile } from "./quality.ts";
import { type RuleSetName, ruleSetNames, ruleSets } from "./rulesets.ts";
import { scrapeAll, type Trouble } from "./traffic.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;

/** How one set of rules would tell of one kind of trouble. Seconds and shares; undefined where it never tells. */
export interface Verdict {
  readonly rules: RuleSetName;
  readonly trouble: string;
  readonly detection: { readonly p50: number; readonly p95: number } | undefined;
  /** Share of the month's budget that was spent when the page came, at the median. */
  readonly budgetAtPage: number | undefined;
  /** How long the page goes on after the end, at the median. */
  readonly reset: number | undefined;
  /** How many of all were told. */
  readonly told: number;
}

export interface Outlook {
  readonly verdicts: readonly Verdict[];
  /** Pages a month while the service keeps its promise exactly. */
  readonly falsePages: Readonly<Record<RuleSetName, number>>;
}

const TRIALS = 15;
const TROUBLES = [
  { kind: "100 %", share: 1, length: 15 * MINUTE },
  { kind: "10 %", share: 0.1, length: HOUR },
  { kind: "3 %", share: 0.03, length: 3 * HOUR },
  { kind: "1 %", share: 0.01, length: 8 * HOUR },
] as const;

/** Each kind of trouble fifteen times, a day apart, after two quiet days. */
const troubles: readonly Trouble[] = Array.from({ length: TRIALS * TROUBLES.length }, (_, i) => {
  const { kind, share, length } = TROUBLES[i % TROUBLES.length] ?? TROUBLES[0];
  const from = (2 + i) * DAY + ((i * 137.7) % 60);
  return { kind, share, from, to: from + length };
});

/**
 * What the pages of a promise would be like at steady traffic, beside those of other rules.
 * @param objective share of events that keeps the promise
 * @param rate events a second
 */
export function foresee(objective: number, rate: number, seed = 1): Outlook {
  const steady = { rate: () => rate, seed };
  const troubled = scrapeAll({
    ...steady,
    seconds: (4 + troubles.length) * DAY,
    background: (1 - objective) / 20,
    troubles,
  });
  const verdicts = ruleSetNames.flatMap((rules) => {
    const pages = ruleSets[rules](troubled, objective);
    return TROUBLES.map(({ kind, share }): Verdict => {
      const { detections, resets } = judge(
        pages,
        troubles.filter((trouble) => trouble.kind === kind),
      );
      const [p50, p95, reset] = [
        quantile(detections, 0.5),
        quantile(detections, 0.95),
        quantile(resets, 0.5),
      ];
      return {
        rules,
        trouble: kind,
        detection: p50 === undefined || p95 === undefined ? undefined : { p50, p95 },
        budgetAtPage: p50 === undefined ? undefined : (p50 * share) / (MONTH * (1 - objective)),
        reset,
        told: detections.length / TRIALS,
      };
    });
  });
  const months = 6;
  const promised = scrapeAll({
    ...steady,
    seconds: months * MONTH,
    background: 1 - objective,
    troubles: [],
    seed: seed + 1,
  });
  const falsePages = Object.fromEntries(
    ruleSetNames.map((name) => [name, ruleSets[name](promised, objective).length / months]),
  ) as Record<RuleSetName, number>;
  return { verdicts, falsePages };
}

const duration = (seconds: number): string =>
  seconds < 2 * MINUTE
    ? `${Math.round(seconds)} s`
    : seconds < 2 * HOUR
      ? `${(seconds / MINUTE).toFixed(1)} min`
      : `${(seconds / HOUR).toFixed(1)} h`;

/** The outlook as a table of Markdown. */
export function renderOutlook(objective: number, rate: number, { verdicts, falsePages }: Outlook): string {
  const kinds = TROUBLES.map(({ kind }) => kind);
  const rows = ruleSetNames.map((rules) => {
    const cells = kinds.map((kind) => {
      const verdict = verdicts.find((v) => v.rules === rules && v.trouble === kind);
      if (!verdict?.detection || verdict.budgetAtPage === undefined) return "never";
      const told = verdict.told < 1 ? `, ${Math.round(verdict.told * 100)} % of them` : "";
      return (
        `${duration(verdict.detection.p50)} (${duration(verdict.detection.p95)}), ` +
        `${(verdict.budgetAtPage * 100).toFixed(1)} %${told}`
      );
    });
    const reset = verdicts.find((v) => v.rules === rules && v.reset !== undefined)?.reset;
    return `| ${rules} | ${cells.join(" | ")} | ${reset === undefined ? "" : duration(reset)} | ${falsePages[rules].toFixed(2)} |`;
  });
  return [
    `Pages for a promise of ${Number((objective * 100).toPrecision(6))} % over 30 days at ${rate} events a second.`,
    "Each cell: time until the page at the median (95th percentile), and the share of the month's budget spent by then.",
    "",
    `| Rules | ${kinds.map((kind) => `${kind} fail`).join(" | ")} | Ends after | False pages a month |`,
    `|---|${kinds.map(() => "---|").join("")}---|---|`,
    ...rows,
  ].join("\n");
}
