import { up } from "@watchkeeper/catalogue/external";
import { ruleGroups, sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { series } from "@watchkeeper/catalogue/promql";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { renderYaml } from "../render/document.ts";
import { SCRAPE_INTERVAL } from "../render/prometheus-config.ts";
import { type ExampleSeries, exampleSeries } from "./example-series.ts";
import { renderSamples, type Sample } from "./samples.ts";
import { type RuleTiming, ruleTiming } from "./timing.ts";

/** A stretch of time in the life of one instance; events come at every step. */
interface Phase {
  readonly minutes: number;
  readonly is: "serving" | "restarting" | "gone";
  readonly good: number;
  readonly bad: number;
}

/** At the end of a phase: what must hold there. */
interface Check extends Phase {
  readonly title: string;
  readonly burnsFast: boolean;
  readonly burnsSlowly: boolean;
}

/**
 * The same life for every promise. Errors are counted by a series that does not exist before the first of them, and
 * come first after a restart, so that nothing but their value tells how many they were.
 */
const story = (slo: Slo): readonly (Phase | Check)[] => {
  const pages = slo.urgency === "page";
  // A loose promise is in doubt only after hours of failure.
  const outage = slo.objective < 0.9 ? 240 : 20;
  const quiet = { burnsFast: false, burnsSlowly: false } as const;
  const serving = { is: "serving", good: 100, bad: 0 } as const;
  return [
    { ...serving, minutes: 10, ...quiet, title: "nothing has ever gone wrong" },
    { ...serving, minutes: 0.5, is: "restarting", good: 0 },
    { ...serving, minutes: 0.25, bad: slo.indicator.kind === "samples" ? 0 : 3 },
    { ...serving, minutes: 4.25, ...quiet, title: "three errors after a restart are counted and no reason" },
    { ...serving, minutes: 10, good: 0, ...quiet, title: "nobody is there" },
    {
      ...serving,
      minutes: outage,
      good: 0,
      bad: 2_000,
      burnsFast: pages,
      burnsSlowly: true,
      title: "everything fails",
    },
    { ...serving, minutes: 12, good: 2_000, burnsFast: false, burnsSlowly: true, title: "it works again" },
    {
      ...serving,
      minutes: 6,
      is: "gone",
      good: 0,
      burnsFast: false,
      burnsSlowly: true,
      title: "the target is gone, and what it counted stays",
    },
  ];
};

interface Step extends Pick<Phase, "is" | "good" | "bad"> {}

const stepsOf = (phases: readonly Phase[], interval: number): readonly Step[] =>
  phases.flatMap(({ minutes, is, good, bad }) =>
    Array.from({ length: Math.round((minutes * 60) / interval) }, () => ({ is, good, bad })),
  );

/** What one series shows at each step; the first sample is the target's past and counts for nothing. */
function samplesOf({ counts }: ExampleSeries, steps: readonly Step[]): readonly Sample[] {
  let value = 0;
  let born = counts !== "bad";
  return [
    counts === "state" ? 1 : born ? 0 : "_",
    ...steps.map(({ is, good, bad }): Sample => {
      if (counts === "state") return is === "gone" ? "stale" : is === "restarting" || bad > 0 ? 0 : 1;
      if (is !== "serving") {
        value = 0;
        born = counts !== "bad";
        return "stale";
      }
      value += counts === "good" ? good : counts === "bad" ? bad : good + bad;
      born ||= value > 0;
      return born ? value : "_";
    }),
  ];
}

/** What a promise must have counted when the newest sample that it reads is that of step `last`. */
function countedUntil(last: number, steps: readonly Step[], indicator: Slo["indicator"]) {
  const seen = steps.slice(0, last);
  const sum = (of: (step: Step) => number): number => seen.reduce((total, step) => total + of(step), 0);
  if (indicator.kind !== "samples") return { events: sum((s) => s.good + s.bad), errors: sum((s) => s.bad) };
  const failing = (step: Step): boolean => step.is === "restarting" || step.bad > 0;
  return {
    events: 1 + sum(({ is }) => (is === "gone" ? 0 : 1)),
    errors: sum((step) => (step.is !== "gone" && failing(step) ? 1 : 0)),
  };
}

/** The promtool test of one promise: its story, told to the rules that run. */
export function renderSloTests(slo: Slo, timing: RuleTiming = ruleTiming): string {
  const phases = story(slo);
  const steps = stepsOf(phases, timing.interval);
  const target = exampleSeries(slo.indicator);
  const job = target[0]?.series.matchers.job as string;
  const mine = (name: string): string => `${name}{slo="${slo.name}"}`;
  let end = 0;
  const checks = phases.flatMap((phase) => {
    end += Math.round((phase.minutes * 60) / timing.interval);
    return "title" in phase ? [{ ...phase, step: end }] : [];
  });
  const expectations = checks.flatMap((check) => {
    const evalTime = `${check.step * timing.interval}s`;
    const last = check.step - Math.ceil(timing.lag / timing.interval);
    const counted = countedUntil(last, steps, slo.indicator);
    const firing = (alert: string): string =>
      `count(ALERTS{alertname="${alert}",slo="${slo.name}",alertstate="firing"}) > bool 0 or vector(0)`;
    const is = (expr: string, value: number) => ({
      expr,
      eval_time: evalTime,
      exp_samples: [{ labels: "{}", value }],
    });
    const finite = [sloSeries.budgetRemaining, sloSeries.burnRate1h, sloSeries.burnRate6h].map(mine);
    return [
      is(`sum(${mine(sloSeries.eventsCumulative)})`, counted.events),
      is(`sum(${mine(sloSeries.errorsCumulative)})`, counted.errors),
      is(firing(sloAlerts.burnsFast), check.burnsFast ? 1 : 0),
      is(firing(sloAlerts.burnsSlowly), check.burnsSlowly ? 1 : 0),
      ...[sloAlerts.trafficLost, sloAlerts.noEventsEver, sloAlerts.inconsistent].map((a) => is(firing(a), 0)),
      // Not a number is less than nothing.
      ...finite.map((expr) => is(`count(${expr} > -1e9)`, 1)),
    ];
  });
  return renderYaml(`catalogue/src/slos and alerts/src/slo/story.ts`, {
    rule_files: ["../../rules/generated/slo.yml"],
    evaluation_interval: SCRAPE_INTERVAL,
    group_eval_order: [ruleGroups.slo, ruleGroups.sloMinute, ruleGroups.sloHourly],
    tests: [
      {
        name: `${slo.name}: ${checks.map(({ title }) => title).join("; ")}`,
        interval: SCRAPE_INTERVAL,
        input_series: [
          {
            series: series(up, { job, instance: "a" }).text,
            values: renderSamples([
              1,
              ...steps.map(({ is }): Sample => (is === "gone" ? "stale" : is === "serving" ? 1 : 0)),
            ]),
          },
          ...target.map((example) => ({
            series: example.series.text,
            values: renderSamples(samplesOf(example, steps)),
          })),
        ],
        promql_expr_test: expectations,
      },
    ],
  });
}
