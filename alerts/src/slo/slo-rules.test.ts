import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, expect, test } from "vitest";
import { generateAlerts } from "../generate.ts";
import { hourlyRules } from "./carried-on.ts";
import { renderSloRules, sloRules } from "./rules.ts";
import { pageTiers } from "./tiers.ts";
import { defineTiming, ruleTiming } from "./timing.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-slo-"));
afterAll(() => rmSync(folder, { recursive: true }));

const files = await generateAlerts();

/** What promtool says of one generated test, run on these rules. */
async function runTest(test: string, rules: string, change = (text: string) => text): Promise<string> {
  const root = mkdtempSync(join(folder, "run-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("rules/generated/slo.yml", rules);
  write("tests/generated/test.yml", change(files[`prometheus/tests/generated/${test}.yml`] ?? ""));
  const run = promisify(execFile)(toolPath("promtool"), ["test", "rules", "tests/generated/test.yml"], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  return run.then(
    ({ stdout, stderr }) => stdout + stderr,
    (failure) => failure.stdout + failure.stderr,
  );
}

const SLOW_MS = 400_000;

/** The rules of one promise are those that run: only the other promises are left out, for speed. */
test.concurrent.each(slos.map((slo) => [slo.name, slo] as const))(
  "%s counts exactly, alerts while everything fails, and stays quiet otherwise",
  async (name, slo) => {
    expect(await runTest(name, renderSloRules([slo]))).toContain("SUCCESS");
  },
  SLOW_MS,
);

const page = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
/** Both presets in use, and nothing but the shared rules. */
const shared = [page, defineSlo({ ...page, name: "Other", preset: "balanced" })];

test.concurrent.each(["Promises", "PromisesOverWeeks", "BudgetPolicy"])(
  "the rules that promises share pass %s",
  async (name) => {
    expect(await runTest(name, renderSloRules(shared))).toContain("SUCCESS");
  },
  SLOW_MS,
);

test.concurrent.each<[string, (rules: string) => string]>([
  [
    "growth that is extrapolated",
    (rules) =>
      rules.replaceAll(
        /sum by \(job, instance\) \(\((\w+\{[^}]*\}) offset 6s\)\) - .*?\) or vector\(0\)/g,
        "increase($1[1m])) or vector(0)",
      ),
  ],
  [
    "no look at whether the target was there",
    (rules) => rules.replaceAll("max_over_time(up", "0 * max_over_time(up"),
  ],
  [
    "a page that looks at its long window alone",
    (rules) => rules.replaceAll(/offset (?:3m|5m|10m)\b/g, "offset 1h"),
  ],
])(
  "%s does not pass the test of a promise",
  async (_, broken) => {
    const rules = renderSloRules([page]);
    expect(broken(rules)).not.toBe(rules);
    expect(await runTest(page.name, broken(rules))).toContain("FAILED");
  },
  SLOW_MS,
);

test("a lag shorter than the scrape timeout is refused", () => {
  expect(() => defineTiming({ ...ruleTiming, lag: 4 }, 5)).toThrow(
    "Cannot time the rules of promises as lag must be at least the scrape timeout of 5 s: current value is 4 s",
  );
  expect(() => defineTiming({ ...ruleTiming, reach: 30 }, 5)).toThrow(
    "reach must be at least four intervals",
  );
  expect(ruleTiming).toEqual({ interval: 15, lag: 6, reach: 600 });
});

test("what promises share does not grow with their number, and each records thirteen series at most", () => {
  const rulesOf = (count: number) => sloRules(slos.slice(0, count)).length;
  expect(rulesOf(5) - rulesOf(4)).toBe(3);
  // What counting goes on from is there in the first evaluation alone.
  const lasting = new Set(
    [...sloRules([page]), ...hourlyRules].flatMap((rule) =>
      "record" in rule && !rule.record.endsWith("_resume") ? [rule.record] : [],
    ),
  );
  expect(lasting.size).toBeLessThanOrEqual(13);
});

test("a promise that changes hands or urgency keeps its history", () => {
  const counted = (slo: Slo) =>
    sloRules([slo]).flatMap((rule) =>
      "record" in rule && rule.record !== sloSeries.budgetRatio ? [[rule.record, rule.labels]] : [],
    );
  expect(counted(defineSlo({ ...page, owner: "platform", service: "console", objective: 0.99 }))).toEqual(
    counted(page),
  );
});

test("a preset pages for more the longer it waits, and balanced for all that strict pages for", () => {
  for (const tiers of Object.values(pageTiers)) {
    expect(tiers.map(({ share }) => share)).toEqual(tiers.map(({ share }) => share).sort((a, b) => a - b));
  }
  for (const { long, share } of pageTiers.strict) {
    const same = pageTiers.balanced.find((tier) => tier.long === long);
    expect(same?.share).toBeLessThanOrEqual(share);
  }
});

test("every alert of a promise links to a page that exists", () => {
  for (const { name } of slos) expect(files).toHaveProperty([`docs/runbooks/generated/${name}.md`]);
  expect(files["docs/runbooks/generated/README.md"]).toContain("(DirectoryLogin.md)");
});
