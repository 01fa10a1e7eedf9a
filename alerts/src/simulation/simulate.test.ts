import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { up } from "@watchkeeper/catalogue/external";
import { type Selector, series } from "@watchkeeper/catalogue/promql";
import { defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { exampleSeries } from "../slo/example-series.ts";
import { renderSloRules } from "../slo/rules.ts";
import { renderSamples } from "../slo/samples.ts";
import { ruleTiming } from "../slo/timing.ts";
import { peerGroups } from "./peer-rules.ts";
import { seededRandom } from "./random.ts";
import { type Contender, contenders, type Fired, type Simulated, simulate } from "./simulate.ts";
import type { World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-simulation-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const strict = defineSlo({ ...base, name: "Strict", preset: "strict" });
const balanced = defineSlo({ ...base, name: "Balanced", preset: "balanced" });
const SEVERITIES = ["page", "ticket"] as const;

/** The generated rules of both presets and those of the peers' shapes, in one file. */
function buildRules() {
  const { indicator, objective, days } = base;
  if (indicator.kind !== "bad") throw new Error("the promise must count bad events");
  const rival = { name: "Rival", objective, days, total: indicator.total[0], bad: indicator.bad[0] };
  const ours = parse(renderSloRules([strict, balanced]));
  const theirs = Object.values(peerGroups).flatMap((groups) => groups(rival, "15s"));
  return { groups: [...ours.groups, ...theirs] };
}

/** The labels of a contender's alerts. */
const labelsOf = (contender: Contender, severity: "page" | "ticket"): string => {
  if (contender === "strict") return `{severity="${severity}",slo="${strict.name}"}`;
  if (contender === "balanced") return `{severity="${severity}",slo="${balanced.name}"}`;
  return `{contender="${contender}",severity="${severity}",slo="Rival"}`;
};

const fires = (fired: Fired, severity: "page" | "ticket", second: number): boolean =>
  fired[severity].some(({ begin, end }) => begin <= second && second < end);

/** What promtool says when it evaluates the real rules on what the simulation scraped. */
function askPromtool({ scraped, fired }: Simulated, everySteps: number): string {
  const steps = scraped.targets[0]?.total.length ?? 0;
  const [goodSeries, badSeries] = exampleSeries(base.indicator).map(({ series: selector }) => selector);
  const job = goodSeries?.matchers.job as string;
  const input = scraped.targets.flatMap(({ total, bad, badBorn }, i) => {
    const of = (selector: Selector | undefined): string =>
      (selector as Selector).text.replace('instance="a"', `instance="${i}"`);
    const errors = Array.from(bad, (value, step) => (step < badBorn ? "_" : value));
    const good = Array.from(total, (value, step) => value - (bad[step] as number));
    return [
      { series: series(up, { job, instance: `${i}` }).text, values: renderSamples(good.map(() => 1)) },
      { series: of(goodSeries), values: renderSamples(good) },
      { series: of(badSeries), values: renderSamples(errors) },
    ];
  });
  const looks = [];
  for (let step = 0; step < steps; step += everySteps) {
    const second = step * ruleTiming.interval;
    looks.push({
      expr: 'group by (contender, severity, slo) (ALERTS{alertstate="firing"})',
      eval_time: `${second}s`,
      exp_samples: contenders.flatMap((contender) =>
        SEVERITIES.filter((severity) => fires(fired[contender], severity, second)).map((severity) => ({
          labels: labelsOf(contender, severity),
          value: 1,
        })),
      ),
    });
  }
  const interval = `${ruleTiming.interval}s`;
  const rules = buildRules();
  writeFileSync(join(folder, "rules.yml"), stringify(rules, { lineWidth: 0 }));
  writeFileSync(
    join(folder, "test.yml"),
    stringify(
      {
        rule_files: ["rules.yml"],
        evaluation_interval: interval,
        // Groups that are not named are evaluated in any order.
        group_eval_order: rules.groups.map(({ name }: { name: string }) => name),
        tests: [{ interval, input_series: input, promql_expr_test: looks }],
      },
      { lineWidth: 0, aliasDuplicateObjects: false },
    ),
  );
  const { stdout, stderr } = spawnSync(toolPath("promtool"), ["test", "rules", "test.yml"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

const HOUR = 3_600;
const service = { instances: 3, background: 0, errorSeries: "from the start" } as const;
const live = (world: World, seed: number): Simulated =>
  simulate({
    world,
    objective: { objective: base.objective, days: base.days },
    timing: ruleTiming,
    random: seededRandom(seed),
    from: 0,
    inPhase: true,
  });

const outage: World = {
  ...service,
  seconds: 0.7 * HOUR,
  rate: () => 30,
  failures: [{ begin: 600, end: 900, share: 1 }],
};
const brownOut: World = {
  ...service,
  seconds: 1.2 * HOUR,
  rate: (second) => 20 + second / 500,
  background: 0.0002,
  failures: [{ begin: 607, end: HOUR, share: 0.06 }],
};
const hardlyAnybody: World = {
  ...service,
  seconds: 1.7 * HOUR,
  instances: 2,
  rate: () => 60 / HOUR,
  background: 0.05,
  failures: [{ begin: 0.5 * HOUR, end: 1.5 * HOUR, share: 1 }],
  errorSeries: "at the first error",
};

describe("the simulation alerts whenever the real rules do, ours and the peers', in promtool", () => {
  test.each<[string, World, number]>([
    ["an outage", outage, 1],
    ["a brown-out under growing traffic", brownOut, 1],
    ["hardly any traffic and errors that come without their series", hardlyAnybody, 2],
  ])(
    "%s",
    (_, world, everySteps) => {
      const simulated = live(world, 7);
      for (const contender of ["strict", "balanced", "sloth", "pyrra"] as const) {
        expect(simulated.fired[contender].page, `${contender} pages`).not.toEqual([]);
      }
      expect(askPromtool(simulated, everySteps)).toContain("SUCCESS");
    },
    180_000,
  );

  test("and an evaluation too soon or too late is told apart", () => {
    const simulated = live(outage, 7);
    const [page] = simulated.fired.balanced.page;
    if (!page) throw new Error("no page");
    const late = { ...page, begin: page.begin + ruleTiming.interval };
    const changed = { ...simulated.fired, balanced: { ...simulated.fired.balanced, page: [late] } };
    expect(askPromtool({ ...simulated, fired: changed }, 1)).toContain("FAILED");
  }, 180_000);
});

test("the same seed lives through the same world", () => {
  expect(live(brownOut, 3).fired).toEqual(live(brownOut, 3).fired);
  expect(live(brownOut, 3).scraped).not.toEqual(live(brownOut, 4).scraped);
});

test("chance comes out as often as expected", () => {
  const random = seededRandom(1);
  for (const mean of [0.01, 3, 80]) {
    const draws = 20_000;
    let sum = 0;
    for (let i = 0; i < draws; i += 1) sum += random.poisson(mean);
    expect(Math.abs(sum / draws - mean)).toBeLessThan(5 * Math.sqrt(mean / draws));
  }
});
