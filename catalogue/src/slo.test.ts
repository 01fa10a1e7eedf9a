import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { probeSuccess } from "./external.ts";
import { authLoginAttemptsTotal } from "./metrics/auth.ts";
import { databaseQueryDurationSeconds } from "./metrics/database.ts";
import { httpRequestsTotal } from "./metrics/http.ts";
import { match, notMatch, Selector, series } from "./promql.ts";
import { badOf, defineSlo, defineSlos, type Slo, uptime, within } from "./slo.ts";
import { slos } from "./slos/all.ts";

const promise = slos[0] as Slo;

test.each<[string, Partial<Slo>, string]>([
  ["a name in kebab-case", { name: "directory-login" }, "its name must be PascalCase letters"],
  ["per cent", { objective: 99.9 }, "objective must be between 0 and 1: current value is 99.9"],
  ["perfection", { objective: 1 }, "objective must be between 0 and 1: current value is 1"],
  ["no number", { objective: Number.NaN }, "objective must be between 0 and 1: current value is NaN"],
  ["an odd window", { days: 29 as 28 }, "days must be one of 28, 30: current value is 29"],
  [
    "a period of nobody's calendar",
    { calendar: { each: "fortnight" as "week", zone: "Etc/UTC" } },
    "calendar.each must be one of week, month, quarter, year: current value is fortnight",
  ],
  [
    "a zone of nowhere",
    { calendar: { each: "month", zone: "Europe/Springfield" } },
    "calendar.zone must be a time zone such as Europe/Berlin: current value is Europe/Springfield",
  ],
  [
    "a preset of nobody",
    { preset: "lax" as "strict" },
    "preset must be one of strict, balanced: current value is lax",
  ],
  ["a promise without its full stop", { promise: "It works" }, "its promise must be one constant sentence"],
  [
    "events of nobody in particular",
    { indicator: uptime(series(probeSuccess)) },
    "probe_success must name its job",
  ],
  [
    "a job that is a pattern",
    { indicator: badOf([series(httpRequestsTotal)], [series(httpRequestsTotal, { job: "app" })]) },
    "http_requests_total must name its job",
  ],
  [
    "a job that nobody scrapes",
    { indicator: uptime(series(probeSuccess, { job: "apps" })) },
    'probe_success{job="apps"} selects nothing: job must take one of console, app, ',
  ],
  [
    "a pattern that no value is like",
    {
      indicator: badOf(
        [series(authLoginAttemptsTotal, { job: "app", login_result: match("eror|sso_eror") })],
        [series(authLoginAttemptsTotal, { job: "app" })],
      ),
    },
    'auth_login_attempts_total{job="app",login_result=~"eror|sso_eror"} selects nothing: login_result must take ' +
      "one of success, invalid_credentials, rate_limited, sso_error, error: current value is =~eror|sso_eror",
  ],
  [
    "a pattern that leaves none out",
    {
      indicator: badOf(
        [series(authLoginAttemptsTotal, { job: "app", login_result: notMatch(".*") })],
        [series(authLoginAttemptsTotal, { job: "app" })],
      ),
    },
    'auth_login_attempts_total{job="app",login_result!~".*"} selects nothing: login_result must take',
  ],
])("%s is refused", (_, change, reason) => {
  const slo = { ...promise, ...change };
  expect(() => defineSlo(slo)).toThrow(`Cannot define SLO "${slo.name}" as ${reason}`);
});

test("what is wrong with a promise is said with its file", async () => {
  const root = mkdtempSync(join(tmpdir(), "watchkeeper-promise-"));
  const path = join(root, "catalogue/src/slos/team.ts");
  const here = fileURLToPath(new URL(".", import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `import { defineSlo } from "${here}slo.ts";\nexport const team = defineSlo({ name: "Team", objective: 99.9 });\n`,
  );
  try {
    await expect(import(path)).rejects.toThrow(
      'Cannot define SLO "Team" of catalogue/src/slos/team.ts as objective must be between 0 and 1: current value is 99.9',
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("two promises of one name are refused", () => {
  expect(() => defineSlos([promise, promise])).toThrow(
    `Cannot define SLO "${promise.name}" as another one bears its name`,
  );
});

test("a promise about an edge that the histogram does not have does not compile", () => {
  // @ts-expect-error the histogram has no edge at 0.3 s
  within(databaseQueryDurationSeconds, 0.3, { job: "app" });
  // @ts-expect-error the metric has no such label
  within(databaseQueryDurationSeconds, 0.1, { job: "app", route: "/" });
  // @ts-expect-error an expression that is no selection cannot be counted exactly
  const made: Selector = new Selector("up", {}).text;
  expect(made).toBe("up");
});

test("latency is what the bucket of the edge holds, of all that were counted", () => {
  expect(within(databaseQueryDurationSeconds, 1, { job: "app" })).toMatchObject({
    kind: "good",
    total: [{ text: 'database_query_duration_seconds_count{job="app"}' }],
    good: [{ text: 'database_query_duration_seconds_bucket{job="app",le=~"1(\\\\.0)?"}' }],
  });
});

test("the promises cover availability, latency by class, login, search, caches, queries, tenants, uptime and the pager", () => {
  expect(slos.map(({ name, objective }) => [name, objective])).toEqual([
    ["DirectoryAvailability", 0.999],
    ["DirectoryCache", 0.7],
    ["DirectoryLatency", 0.99],
    ["DirectoryLogin", 0.999],
    ["DirectoryLoginLatency", 0.95],
    ["DirectoryProfileLatency", 0.95],
    ["DirectoryQueries", 0.95],
    ["DirectorySearch", 0.999],
    ["DirectorySearchLatency", 0.95],
    ["DirectoryTenants", 0.999],
    ["DirectoryUpdateLatency", 0.95],
    ["DirectoryUptime", 0.999],
    ["PagerDelivery", 0.999],
    ["PagerPromptness", 0.99],
  ]);
});
