import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { cumulativeRules, resumeRules } from "./carried-on.ts";
import { maintenanceRules } from "./maintenance-rule.ts";
import { promiseRules } from "./promise-rules.ts";
import { ruleTiming } from "./timing.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-maintenance-"));
afterAll(() => rmSync(folder, { recursive: true }));

const search = slos.filter(({ name }) => name === "DirectorySearch");
const because = "The index is built anew.";

/** What promtool says of expectations on these rules; time begins on Thursday, 1 January 1970. */
function promtool(rules: readonly { readonly expr: { readonly text: string } }[], test: object): string {
  const group = { name: "slo", rules: rules.map((rule) => ({ ...rule, expr: rule.expr.text })) };
  writeFileSync(join(folder, "rules.yml"), stringify({ groups: [group] }));
  writeFileSync(
    join(folder, "test.yml"),
    stringify({ rule_files: ["rules.yml"], evaluation_interval: "15s", tests: [test] }),
  );
  const run = spawnSync(toolPath("promtool"), ["test", "rules", "test.yml"], {
    cwd: folder,
    encoding: "utf8",
  });
  return run.stdout + run.stderr;
}

const is = (expr: string, eval_time: string, value: number, labels = "{}") => ({
  expr,
  eval_time,
  exp_samples: [{ labels, value }],
});

test("what fails in a planned window is counted, and not against the budget; what fails around it is", () => {
  const window: MaintenanceWindow = {
    because,
    slos: ["DirectorySearch"],
    when: { from: "1970-01-01T00:10:00Z", to: "1970-01-01T00:20:00Z" },
  };
  const rules = [
    ...search.flatMap((slo) => promiseRules(slo, ruleTiming, [window])),
    ...resumeRules,
    ...cumulativeRules(true),
  ];
  const all = (series: string, labels: string): string => `${series}{${labels}}`;
  const of = 'job="app",instance="a"';
  // Four events every quarter of a minute, one of them bad: of 120 steps, 40 lie in the window.
  const output = promtool(rules, {
    interval: "15s",
    input_series: [
      { series: all("up", of), values: "1x130" },
      { series: all("employee_search_queries_total", `${of},search_result="found"`), values: "0+3x130" },
      { series: all("employee_search_queries_total", `${of},search_result="error"`), values: "0+1x130" },
    ],
    promql_expr_test: [
      // The newest sample that is read at 30m15s is that of 30m.
      is(`sum(${sloSeries.eventsCumulative})`, "1815s", 4 * 80),
      is(`sum(${sloSeries.errorsCumulative})`, "1815s", 80),
      is(`sum(sum_over_time(${sloSeries.eventsDelta}[1h]))`, "1815s", 4 * 120),
      is(`sum(sum_over_time(${sloSeries.errorsDelta}[1h]))`, "1815s", 120),
      is(`sum(sum_over_time(${sloSeries.maintenance}[1h]))`, "1815s", 40),
    ],
  });
  expect(output).toContain("SUCCESS");
});

test("a weekly window returns every week, and may go on into Monday", () => {
  const windows: readonly MaintenanceWindow[] = [
    { because, slos: "all", when: { every: "Friday", at: "02:00", minutes: 60 } },
    { because, slos: ["Late"], when: { every: "Sunday", at: "23:30", minutes: 60 } },
  ];
  const rules = ["Early", "Late"].flatMap((slo) => maintenanceRules(slo, ruleTiming, windows));
  // Written to be looked at in one place each, as a test of two weeks would evaluate them eighty thousand times.
  const [early, late] = rules.map(({ expr }) => expr.text);
  const week = 7 * 24 * 60;
  const friday = week + 24 * 60 + 120;
  const sunday = week + 3 * 24 * 60 + 23 * 60 + 30;
  const looks: readonly [string | undefined, number, number][] = [
    [early, friday - 1, 0],
    [early, friday + 1, 1],
    [early, friday + 61, 0],
    [early, friday + week + 59, 1],
    [late, sunday - 1, 0],
    [late, sunday + 1, 1],
    [late, sunday + 59, 1],
    [late, sunday + 61, 0],
    [late, friday + 1, 1],
  ];
  const output = promtool([], {
    interval: "1d",
    input_series: [{ series: "any", values: "0x30" }],
    promql_expr_test: looks.map(([expr, minute, value]) => is(expr ?? "", `${minute}m`, value)),
  });
  expect(output).toContain("SUCCESS");
});

test("a window on the first Sunday of a month is none on its other Sundays, nor on the first day that is no Sunday", () => {
  const windows: readonly MaintenanceWindow[] = [
    { because, slos: "all", when: { the: 1, every: "Sunday", at: "02:00", minutes: 120 } },
  ];
  const [rule] = maintenanceRules("Any", ruleTiming, windows);
  // The Sundays of January 1970 are the 4th and the 11th; the first one of February is the 1st.
  const at = (day: number, hour: number, minute: number): string => `${(day * 24 + hour) * 60 + minute}m`;
  const output = promtool([], {
    interval: "1d",
    input_series: [{ series: "any", values: "0x40" }],
    promql_expr_test: [
      is(rule?.expr.text ?? "", at(3, 1, 59), 0),
      is(rule?.expr.text ?? "", at(3, 2, 1), 1),
      is(rule?.expr.text ?? "", at(3, 4, 0), 1),
      is(rule?.expr.text ?? "", at(3, 4, 1), 0),
      is(rule?.expr.text ?? "", at(10, 3, 0), 0),
      is(rule?.expr.text ?? "", at(0, 3, 0), 0),
      is(rule?.expr.text ?? "", at(31, 3, 0), 1),
    ],
  });
  expect(output).toContain("SUCCESS");
});

test("a promise without a window has neither the series nor the cost", () => {
  expect(maintenanceRules("Early", ruleTiming, [])).toEqual([]);
  const texts = (windows: readonly MaintenanceWindow[]) =>
    search.flatMap((slo) => promiseRules(slo, ruleTiming, windows).map(({ expr }) => expr.text)).join();
  expect(texts([])).not.toContain(sloSeries.maintenance);
});
