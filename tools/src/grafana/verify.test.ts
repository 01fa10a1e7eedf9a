import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DIRECTORY_DATA_SOURCE } from "@watchkeeper/catalogue/top-lists";
import { afterEach, describe, expect, test } from "vitest";
import { ROOT } from "../repository.ts";
import { createApi } from "./api.ts";
import { MAY_BE_EMPTY } from "./panel-queries.ts";
import { loadProvisioned, type Provisioned } from "./provisioned.ts";
import { runVerification } from "./run.ts";
import { parseAccess } from "./settings.ts";
import { type Faults, startTestGrafana, type TestGrafana, TOKEN } from "./test-grafana.ts";
import { verifyGrafana } from "./verify.ts";

const ours = loadProvisioned(ROOT);
/** With alerting of Grafana's own, of which we have none. */
const withRules: Provisioned = {
  ...ours,
  rules: [{ uid: "logs-stop", title: "Logs stopped" }],
  contactPoints: ["pager"],
};

let grafana: TestGrafana | undefined;
afterEach(async () => {
  await grafana?.close();
  grafana = undefined;
});

/** What is wrong with a Grafana that has read `has` when `wanted` is looked for. */
async function problemsOf(faults: Faults, has = withRules, wanted = withRules): Promise<readonly string[]> {
  grafana = await startTestGrafana(has, faults);
  const api = createApi({ url: grafana.url, authorization: `Bearer ${TOKEN}` });
  const findings = await verifyGrafana(api, wanted);
  return findings.flatMap(({ what, problem }) => (problem === undefined ? [] : [`${what}: ${problem}`]));
}

async function run(environment: Readonly<Record<string, string>>): Promise<{ ok: boolean; lines: string[] }> {
  const lines: string[] = [];
  const ok = await runVerification(environment, ROOT, (line) => lines.push(line));
  return { ok, lines };
}

describe("a Grafana that read our files", () => {
  test("is found well, and every query of every panel was asked", async () => {
    expect(await problemsOf({})).toEqual([]);
    const expressions = ours.boards.flatMap(({ panels }) =>
      panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    );
    const bodies = (grafana?.asked ?? []).filter(({ path }) => path === "/api/ds/query");
    const sent = bodies.flatMap(({ body }) => (JSON.parse(body) as { queries: object[] }).queries);
    expect(expressions.length).toBeGreaterThan(100);
    expect(sent).toHaveLength(expressions.length);
    for (const query of sent) {
      expect(query).toMatchObject({
        datasource: "rawSql" in query ? DIRECTORY_DATA_SOURCE : { type: "prometheus", uid: "prometheus" },
      });
      expect(JSON.stringify(query)).not.toMatch(/\$(?!__)/);
    }
  });

  test("is asked over the time that each board shows first", async () => {
    await problemsOf({});
    const froms = (grafana?.asked ?? [])
      .filter(({ path }) => path === "/api/ds/query")
      .map(({ body }) => (JSON.parse(body) as { from: string }).from);
    expect(new Set(froms)).toEqual(new Set(ours.boards.map(({ time }) => time.from)));
  });

  test("is read again first", async () => {
    await problemsOf({});
    const reloads = (grafana?.asked ?? []).filter(({ path }) => path.endsWith("/reload"));
    expect(reloads.map(({ method, path }) => `${method} ${path.split("/").at(-2)}`)).toEqual([
      "POST datasources",
      "POST dashboards",
      "POST alerting",
    ]);
  });
});

describe("what is wrong is named", () => {
  const first = ours.boards[0];
  const board = `/api/dashboards/uid/${first?.uid}`;
  const source = "/api/datasources/uid/prometheus";

  test.each<[string, Faults["paths"], string]>([
    [
      "a missing source",
      { [`GET ${source}`]: [404, { message: "not found" }] },
      "does not load (404: not found)",
    ],
    [
      "a source of another type",
      { [`GET ${source}`]: [200, { name: "Prometheus", type: "graphite" }] },
      "data source prometheus: is of type graphite instead of prometheus",
    ],
    [
      "a source that cannot be reached",
      { [`GET ${source}/health`]: [400, { status: "ERROR", message: "connection refused" }] },
      "data source prometheus: its health is bad (400: connection refused)",
    ],
    [
      "a missing board",
      { [`GET ${board}`]: [404, { message: "not found" }] },
      "does not load (404: not found)",
    ],
    [
      "a board without its panels",
      {
        [`GET ${board}`]: [
          200,
          { dashboard: { title: first?.title, panels: [] }, meta: { provisioned: true } },
        ],
      },
      "has 0 panels instead of",
    ],
    [
      "a board that somebody saved",
      { [`GET ${board}`]: [200, { dashboard: first, meta: { provisioned: false } }] },
      "was not provisioned from a file",
    ],
    [
      "files that Grafana cannot read",
      { "POST /api/admin/provisioning/dashboards/reload": [500, { message: "invalid JSON" }] },
      "provisioning: Grafana cannot read its files (500: invalid JSON)",
    ],
    [
      "a missing rule",
      { "GET /api/v1/provisioning/alert-rules/logs-stop": [404, {}] },
      "rule logs-stop: does not load (404)",
    ],
    [
      "a rule that cannot be evaluated",
      {
        "GET /api/prometheus/grafana/api/v1/rules": [
          200,
          {
            data: {
              groups: [{ rules: [{ name: "Logs stopped", health: "error", lastError: "no such source" }] }],
            },
          },
        ],
      },
      "rule logs-stop: cannot be evaluated: no such source",
    ],
    [
      "a missing contact point",
      { "GET /api/v1/provisioning/contact-points": [200, []] },
      "contact point pager: does not load",
    ],
    [
      "a plugin of another version",
      { [`GET /api/plugins/${ours.plugin?.id}/settings`]: [200, { info: { version: "0.0.1" } }] },
      "has version 0.0.1 instead of",
    ],
    [
      "an answer that is none to a panel's queries",
      { "POST /api/ds/query": [403, { message: "no permission to query" }] },
      "Grafana has no answer to it (403: no permission to query)",
    ],
  ])("%s", async (_, paths, expected) => {
    const problems = await problemsOf({ ...(paths && { paths }) });
    expect(problems.join("\n")).toContain(expected);
  });

  test("a query that fails, with the data source's own words", async () => {
    const problems = await problemsOf({
      expressions: { 'probe_success{target="app"}': { error: "bad_data: parse error" } },
    });
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems)
      expect(problem).toMatch(/^\S+, ".+", query [A-Z]: bad_data: parse error$/);
  });

  test("a query without data, or with nothing that is a number", async () => {
    const none = await problemsOf({ expressions: { 'probe_success{target="app"}': [] } });
    expect(none.some((problem) => problem.endsWith(": no data"))).toBe(true);
    await grafana?.close();
    expect(await problemsOf({ expressions: { 'probe_success{target="app"}': [Number.NaN] } })).toEqual(none);
  });

  test("only that of a Grafana without our files", async () => {
    const empty: Provisioned = {
      dataSources: [],
      boards: [],
      rules: [],
      contactPoints: [],
      plugin: undefined,
    };
    const problems = await problemsOf({}, empty, ours);
    expect(problems).toHaveLength(ours.dataSources.length + ours.boards.length);
  });
});

test.each([
  ["no plugin", { [`GET /api/plugins/${ours.plugin?.id}/settings`]: [404, {}] }],
  ["no right to reload", { "POST /api/admin/provisioning/datasources/reload": [403, {}] }],
  ["no Loki", { "GET /api/datasources/uid/loki/health": [500, { message: "no such host" }] }],
] as const)("a Grafana with %s is well", async (_, paths) => {
  expect(await problemsOf({ paths })).toEqual([]);
});

test("every query that may be empty exists", () => {
  const places = ours.boards.flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ refId }) => `${uid}, "${title}", query ${refId}`),
    ),
  );
  expect(places).toEqual(expect.arrayContaining(Object.keys(MAY_BE_EMPTY)));
});

describe("the command", () => {
  test("is skipped, and says so in one line, where no Grafana is given", async () => {
    const { ok, lines } = await run({});
    expect(ok).toBe(true);
    expect(lines).toEqual([expect.stringContaining("Skipped as no Grafana is given")]);
  });

  test("tells every board and ends with a count", async () => {
    grafana = await startTestGrafana(ours);
    const { ok, lines } = await run({ GRAFANA_URL: `${grafana.url}/`, GRAFANA_TOKEN: TOKEN });
    expect(ok).toBe(true);
    for (const { uid } of ours.boards) expect(lines).toContain(`ok     board ${uid}`);
    expect(lines.at(-1)).toMatch(/^\d+ ok, 0 broken$/);
  });

  test("fails where anything is broken", async () => {
    grafana = await startTestGrafana(ours, { expressions: { up: { error: "timeout" } } });
    const { ok, lines } = await run({ GRAFANA_URL: grafana.url, GRAFANA_TOKEN: TOKEN });
    expect(ok).toBe(false);
    expect(lines.some((line) => line.startsWith("BROKEN "))).toBe(true);
  });

  test("fails in one line, without the secret, where Grafana does not let it in", async () => {
    grafana = await startTestGrafana(ours);
    const { ok, lines } = await run({ GRAFANA_URL: grafana.url, GRAFANA_TOKEN: "wrong-token" });
    expect(ok).toBe(false);
    expect(lines).toEqual(["Cannot verify Grafana as it does not let us in (401: Invalid API key)"]);
  });

  test("fails in one line where nobody answers", async () => {
    grafana = await startTestGrafana(ours);
    const { url } = grafana;
    await grafana.close();
    grafana = undefined;
    const { ok, lines } = await run({ GRAFANA_URL: url, GRAFANA_TOKEN: TOKEN });
    expect(ok).toBe(false);
    expect(lines).toEqual(["Cannot ask Grafana for /api/health as ECONNREFUSED"]);
  });
});

describe("who asks", () => {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-verify-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("may be named by a token, a file that holds it, or user and password", () => {
    const file = join(folder, "token");
    writeFileSync(file, "from a file\n");
    const GRAFANA_URL = "https://grafana.example/below/";
    expect(parseAccess({ GRAFANA_URL, GRAFANA_TOKEN_FILE: file })).toEqual({
      url: "https://grafana.example/below",
      authorization: "Bearer from a file",
    });
    expect(parseAccess({ GRAFANA_URL, GRAFANA_USER: "admin", GRAFANA_PASSWORD: "pw" })?.authorization).toBe(
      `Basic ${Buffer.from("admin:pw").toString("base64")}`,
    );
  });

  test.each([
    [{ GRAFANA_URL: "grafana" }, "Cannot use GRAFANA_URL as it must be an address"],
    [{ GRAFANA_URL: "ftp://grafana" }, "Cannot use GRAFANA_URL as it must be an address"],
    [{ GRAFANA_URL: "http://admin:pw@grafana" }, "give user and password as settings"],
    [{ GRAFANA_URL: "http://grafana" }, "Cannot ask Grafana as nobody is named"],
    [{ GRAFANA_URL: "http://grafana", GRAFANA_USER: "admin" }, "Cannot ask Grafana as nobody is named"],
    [
      { GRAFANA_URL: "http://grafana", GRAFANA_TOKEN: "a", GRAFANA_TOKEN_FILE: "b" },
      "as GRAFANA_TOKEN_FILE is set, too",
    ],
    [
      { GRAFANA_URL: "http://grafana", GRAFANA_TOKEN_FILE: "/nowhere/at/all" },
      "Cannot read GRAFANA_TOKEN_FILE as opening it failed: ENOENT",
    ],
  ])("is refused as %o", (environment, message) => {
    expect(() => parseAccess(environment)).toThrow(message);
  });
});
