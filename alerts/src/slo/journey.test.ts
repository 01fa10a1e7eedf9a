import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journeyStep, wholeJourney } from "@watchkeeper/catalogue/journey";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { findSomebody, testSteps } from "@watchkeeper/catalogue/test-journey";
import { toolPath } from "@watchkeeper/testing/tools";
import { expect, test } from "vitest";
import { renderSloRules, sloRules } from "./rules.ts";
import { renderSloTests } from "./story.ts";
import { expected, promtoolTest } from "./test-promtool.ts";
import { ruleTiming } from "./timing.ts";

const page = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const whole = defineSlo({ ...page, name: "FindSomebody", indicator: wholeJourney(findSomebody) });
const search = defineSlo({
  ...page,
  name: "FindSomebodySearch",
  indicator: journeyStep(findSomebody, "search"),
});

test.concurrent.each([whole, search])(
  "$name lives through the story of every promise",
  (slo) => {
    const folder = mkdtempSync(join(tmpdir(), "watchkeeper-journey-"));
    try {
      const write = (path: string, text: string): void => {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), text);
      };
      write("rules/generated/slo.yml", renderSloRules([slo]));
      write("tests/generated/test.yml", renderSloTests(slo));
      const { stdout, stderr } = spawnSync(
        toolPath("promtool"),
        ["test", "rules", "tests/generated/test.yml"],
        { cwd: folder, encoding: "utf8" },
      );
      expect(stdout + stderr).toContain("SUCCESS");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);

/**
 * Ten minutes with four runs each quarter of a minute: in the last five, one of the four fails at searching, and one
 * at signing in. Another journey fails all the time.
 */
test("steps, the whole journey and other journeys are told apart", () => {
  const { interval } = ruleTiming;
  const series = (step: string, result: string, values: string, name = findSomebody.name) => ({
    series: `${testSteps.name}{job="collector",instance="a",journey="${name}",step="${step}",step_result="${result}"}`,
    values,
  });
  const output = promtoolTest(sloRules([whole, search]), interval, {
    input_series: [
      { series: 'up{job="collector",instance="a"}', values: "1x44" },
      series("sign-in", "ok", "0+4x20 83+3x23"),
      series("sign-in", "failed", "0x20 1+1x23"),
      series("search", "ok", "0+4x20 82+2x23"),
      series("search", "failed", "0x20 1+1x23"),
      series("search", "skipped", "0x20 1+1x23"),
      series("open-profile", "ok", "0+4x20 82+2x23"),
      series("open-profile", "skipped", "0x20 2+2x23"),
      series("search", "ok", "0x44", "hire-somebody"),
      series("search", "failed", "0+9x44", "hire-somebody"),
    ],
    promql_expr_test: (
      [
        // The newest sample that is read at 41 steps is that of step 40: 20 steps of 4 runs, 20 of 4 of which 2 fail.
        [whole.name, 160, 40],
        // One of four did not come as far as searching.
        [search.name, 140, 20],
      ] as const
    ).flatMap(([slo, events, errors]) => [
      expected(`sum(${sloSeries.eventsCumulative}{slo="${slo}"})`, `${41 * interval}s`, [
        { labels: "{}", value: events },
      ]),
      expected(`sum(${sloSeries.errorsCumulative}{slo="${slo}"})`, `${41 * interval}s`, [
        { labels: "{}", value: errors },
      ]),
    ]),
  });
  expect(output).toContain("SUCCESS");
});
