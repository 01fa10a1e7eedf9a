import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { up } from "@watchkeeper/catalogue/external";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { Selector, series } from "@watchkeeper/catalogue/promql";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { cumulativeRules, resumeRules } from "./carried-on.ts";
import { exampleSeries } from "./example-series.ts";
import { promiseRules } from "./promise-rules.ts";
import { renderSamples, type Sample } from "./samples.ts";
import { defineTiming } from "./timing.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-exact-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The last four scrapes are looked back at, so that long gaps need few steps. */
const timing = defineTiming({ interval: 15, lag: 11, reach: 60 }, 10);
const REACH_STEPS = 4;

/** One step of one instance: `restart` also loses what it counted. */
interface Step {
  readonly is: "serving" | "unreachable" | "restart";
  readonly good: number;
  readonly bad: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  is: fc.oneof(
    { weight: 12, arbitrary: fc.constant("serving" as const) },
    { weight: 3, arbitrary: fc.constant("unreachable" as const) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
  ),
  good: fc.oneof(fc.constant(0), fc.nat(500)),
  bad: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
});
const STEPS = 40;
const instance = fc.array(step, { minLength: STEPS, maxLength: STEPS });
const world = fc.array(instance, { minLength: 1, maxLength: 3 });

/** What a series of an instance shows at each scrape; one without an event does not exist yet. */
function shown(steps: readonly Step[], count: (step: Step) => number): readonly Sample[] {
  let value = 0;
  return steps.map((step) => {
    if (step.is === "restart") value = 0;
    else value += count(step);
    return step.is !== "serving" ? "stale" : value > 0 ? value : "_";
  });
}

/** The events that scrapes can tell of: each once, none twice, none from before the target was first seen. */
function counted(steps: readonly Step[], count: (step: Step) => number): number {
  const samples = shown(steps, count);
  let total = 0;
  let lastScrape = Number.NEGATIVE_INFINITY;
  let last: { readonly step: number; readonly value: number } | undefined;
  samples.forEach((sample, i) => {
    if (sample === "stale") return;
    if (typeof sample === "number") {
      const before = last && i - last.step <= REACH_STEPS ? last.value : undefined;
      if (before !== undefined) total += sample >= before ? sample - before : sample;
      else if (i - lastScrape <= REACH_STEPS) total += sample;
      last = { step: i, value: sample };
    }
    lastScrape = i;
  });
  return total;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const countOf = {
  good: ({ good }: Step) => good,
  bad: ({ bad }: Step) => bad,
  all: ({ good, bad }: Step) => good + bad,
} as const;

/** Worlds for promtool, each with what the promise must have counted at its end. */
const renderWorlds = (slo: Slo, worlds: readonly (readonly (readonly Step[])[])[]) => ({
  rule_files: ["rules.yml"],
  evaluation_interval: "15s",
  tests: worlds.map((instances) => {
    const examples = exampleSeries(slo.indicator);
    const job = examples[0]?.series.matchers.job as string;
    const input = instances.flatMap((steps, i) => [
      {
        series: series(up, { job, instance: `${i}` }).text,
        values: renderSamples(steps.map(({ is }) => (is === "serving" ? 1 : 0))),
      },
      ...examples.map(({ series: { name, matchers }, counts }) => ({
        series: new Selector(name, { ...matchers, instance: `${i}` }).text,
        values: renderSamples(shown(steps, countOf[counts as "all"])),
      })),
    ]);
    const seen = (counts: "good" | "bad" | "all") =>
      sum(instances.map((steps) => counted(steps, countOf[counts])));
    const histogram = examples.some(({ counts }) => counts === "all");
    const events = histogram ? seen("all") : seen("good") + seen("bad");
    const errors = histogram ? seen("all") - seen("good") : seen("bad");
    const is = (name: string, value: number) => {
      const labels = `${name}{slo="${slo.name}"}`;
      return { expr: labels, eval_time: `${STEPS * 15}s`, exp_samples: [{ labels, value }] };
    };
    return {
      interval: "15s",
      input_series: input,
      promql_expr_test: [is(sloSeries.eventsCumulative, events), is(sloSeries.errorsCumulative, errors)],
    };
  }),
});

test.each(["DirectoryAvailability", "DirectoryCache", "DirectoryLatency"])(
  "%s counts random traffic of instances that restart, vanish and come back exactly as an oracle does",
  (name) => {
    const slo = slos.find((candidate) => candidate.name === name) as Slo;
    const rules = [...promiseRules(slo, timing), ...resumeRules, ...cumulativeRules(false)];
    writeFileSync(
      join(folder, "rules.yml"),
      stringify({
        groups: [{ name: "slo", rules: rules.map((rule) => ({ ...rule, expr: rule.expr.text })) }],
      }),
    );
    fc.assert(
      fc.property(fc.array(world, { minLength: 12, maxLength: 12 }), (worlds) => {
        writeFileSync(
          join(folder, "test.yml"),
          stringify(renderWorlds(slo, worlds), { lineWidth: 0, aliasDuplicateObjects: false }),
        );
        const { stdout, stderr } = spawnSync(toolPath("promtool"), ["test", "rules", "test.yml"], {
          cwd: folder,
          encoding: "utf8",
        });
        expect(stdout + stderr).toContain("SUCCESS");
      }),
      { numRuns: 8 },
    );
  },
  400_000,
);

test("no event is counted twice, and all are while every scrape succeeds", () => {
  fc.assert(
    fc.property(instance, (steps) => {
      const happened = sum(steps.map(({ is, good }) => (is === "restart" ? 0 : good)));
      expect(counted(steps, countOf.good)).toBeLessThanOrEqual(happened);
      const healthy = steps.map((each) => ({ ...each, is: "serving" as const }));
      expect(counted(healthy, countOf.good)).toBe(sum(healthy.slice(1).map(({ good }) => good)));
    }),
  );
});
