import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { noTelemetry } from "@watchkeeper/process/telemetry";
import { afterEach, expect, test } from "vitest";
import type { Overview } from "./overview/model.ts";
import { run } from "./run.ts";
import {
  startTestConsole,
  startTestPager,
  type TestConsole,
  type TestConsoleOptions,
  testIncident,
} from "./test-rig.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const LIMITS = { timeoutMs: 2_000, maxBytes: 100_000 };

/** An upstream that answers as the test wants. */
async function upstream(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function open(
  options: TestConsoleOptions,
): Promise<{ web: TestConsole; get(path: string): Promise<Response> }> {
  const web = await startTestConsole({ limits: LIMITS, ...options });
  cleanups.push(() => web.close());
  const cookie = await web.signIn();
  return { web, get: (path) => fetch(web.url + path, { headers: { cookie } }) };
}

const json =
  (body: unknown): RequestListener =>
  (_req, res) => {
    res.end(JSON.stringify(body));
  };

test.each<[string, RequestListener, string]>([
  ["never answers", () => {}, "Prometheus does not answer within 2 s"],
  ["answers 503", (_req, res) => res.writeHead(503).end("no"), "Prometheus answers with an error (503)"],
  [
    "answers too much",
    (_req, res) => res.end("x".repeat(200_000)),
    "Prometheus answers with more than 100000 bytes",
  ],
  [
    "is not Prometheus",
    (_req, res) => res.end("<html>"),
    "Prometheus answers with something that is not JSON",
  ],
  [
    "has another shape",
    json({ status: "success", data: { result: 1 } }),
    "Prometheus answers in a form that is not understood",
  ],
  [
    "sends us elsewhere",
    (_req, res) => res.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    "Prometheus cannot be reached",
  ],
])("when Prometheus %s, its panels say so and the others work", async (_what, listener, reason) => {
  const pager = await startTestPager();
  cleanups.push(() => pager.close());
  const { get } = await open({ prometheusUrl: await upstream(listener), pagerUrl: pager.url });
  const overview = (await (await get("/api/overview")).json()) as Overview;
  for (const panel of [
    "rate",
    "errors",
    "p50",
    "p95",
    "p99",
    "charts",
    "jobs",
    "outside",
    "watchdog",
  ] as const) {
    expect(overview[panel]).toMatchObject({ state: "error", reason: expect.stringContaining(reason) });
  }
  expect(overview.incidents).toEqual({ state: "ready", value: [] });
});

test("an outage is dated from its first failure until an answer ends it", async () => {
  const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
  let works = false;
  const empty = json({ status: "success", data: { resultType: "vector", result: [] } });
  const prometheusUrl = await upstream((req, res) => (works ? empty(req, res) : res.writeHead(500).end()));
  const { get } = await open({ prometheusUrl, clock });
  const jobs = async (): Promise<Overview["jobs"]> =>
    ((await (await get("/api/overview")).json()) as Overview).jobs;

  expect(await jobs()).toMatchObject({ since: "2026-03-01T09:00:00.000Z" });
  await clock.advance(60_000);
  expect(await jobs()).toMatchObject({ since: "2026-03-01T09:00:00.000Z" });
  works = true;
  await clock.advance(60_000);
  expect(await jobs()).toEqual({ state: "empty", lastAt: null });
  works = false;
  await clock.advance(60_000);
  expect(await jobs()).toMatchObject({ since: "2026-03-01T09:03:00.000Z" });
});

test("many viewers cost Prometheus as much as one", async () => {
  let asked = 0;
  const prometheusUrl = await upstream((_req, res) => {
    asked++;
    res.end(JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } }));
  });
  const { get } = await open({ prometheusUrl });
  await get("/api/overview");
  const once = asked;
  await Promise.all(Array.from({ length: 20 }, () => get("/api/overview")));
  expect(asked).toBe(once);
});

test("a browser chooses one of three ranges and nothing else", async () => {
  const { get } = await open({});
  for (const range of ["15m", "60m", "6h"])
    expect((await get(`/api/overview?range=${range}`)).status).toBe(200);
  for (const range of ["1y", "constructor", "", "15m&range=6h"]) {
    expect((await get(`/api/overview?range=${range}`)).status).toBe(400);
  }
});

test("the pager's token goes to the pager and never to the browser", async () => {
  const seen: (string | undefined)[] = [];
  const pagerUrl = await upstream((req, res) => {
    seen.push(req.headers.authorization);
    res.end('{"incidents":[]}');
  });
  const { get } = await open({ pagerUrl });
  for (const path of [
    "/api/overview",
    "/incidents",
    "/",
    "/boards",
    "/api/prometheus/query",
    "/assets/console.js",
  ]) {
    const answer = await get(path);
    expect(JSON.stringify([...answer.headers]) + (await answer.text())).not.toContain("pager-api-token");
  }
  expect(new Set(seen)).toEqual(new Set(["Bearer pager-api-token"]));
});

test("every page forbids whatever is not our own", async () => {
  const { get } = await open({});
  const policy = (await get("/")).headers.get("content-security-policy");
  expect(policy).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';frame-src 'none';form-action 'self';base-uri 'none';frame-ancestors 'none'",
  );
});

test("assets are sent once and then confirmed", async () => {
  const { get, web } = await open({});
  const first = await get("/assets/console.js");
  expect(first.headers.get("content-type")).toContain("text/javascript");
  const tag = first.headers.get("etag") ?? "";
  expect((await fetch(`${web.url}/assets/console.js`, { headers: { "if-none-match": tag } })).status).toBe(
    304,
  );
});

test("incidents show what the pager says, escaped", async () => {
  const pager = await startTestPager();
  cleanups.push(() => pager.close());
  const hostile = "<script>alert(1)</script>";
  pager.incidents = [
    testIncident(7, {
      title: hostile,
      description: hostile,
      service: hostile,
      runbookUrl: "javascript:alert(1)",
      timeline: [{ at: "2026-03-01T09:00:00.000Z", kind: "announce-sent", text: hostile }],
      deliveries: [
        { channel: "slack", kind: hostile, state: hostile, reason: hostile, attempts: 3, sentAt: null },
      ],
    }),
    testIncident(6, {
      state: "resolved",
      title: "Gone",
      startedAt: "2026-03-01T09:00:00.000Z",
      resolvedAt: "2026-03-01T10:30:00.000Z",
    }),
  ];
  const { get } = await open({ pagerUrl: pager.url });
  const list = await (await get("/incidents")).text();
  const details = await (await get("/incidents/7")).text();
  for (const page of [list, details]) {
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("javascript:");
  }
  expect(list).toContain("lasted 90 min");
  expect(details).toContain("announce sent");
  expect(details).toContain('href="/boards/overview"');
  for (const number of ["8", "x", "1e3", "99999999999999"])
    expect((await get(`/incidents/${number}`)).status).toBe(404);
});

test("when the pager is away, the pages about incidents say so", async () => {
  const { get } = await open({});
  for (const path of ["/incidents", "/incidents/7"]) {
    const answer = await get(path);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("The pager cannot be reached");
  }
});

test("a runbook is found by its alert's name and by nothing that leaves the folder", async () => {
  const { get, web } = await open({});
  await writeFile(join(web.folder, "ServiceDown.md"), "# ServiceDown\n\n<b>down</b>\n");
  await writeFile(join(web.folder, "README.md"), "# All\n");
  const page = await (await get("/runbooks/ServiceDown")).text();
  expect(page).toContain("<h1>ServiceDown</h1>");
  expect(page).toContain("&lt;b&gt;down&lt;/b&gt;");
  expect(await (await get("/runbooks")).text()).toContain(
    '<li><a href="/runbooks/ServiceDown">ServiceDown</a></li>',
  );
  for (const name of [
    "Missing",
    "..%2Ftoken",
    "ServiceDown.md",
    "%2E%2E%2Ftoken",
    "a".repeat(200),
    "token",
  ]) {
    expect((await get(`/runbooks/${name}`)).status).toBe(404);
  }
});

test("the process emits exactly the console's metrics of the catalogue, and ends cleanly", async () => {
  const rig = await startTestConsole();
  cleanups.push(() => rig.close());
  const free = await upstream(() => {});
  const opsPort = Number(new URL(free).port) + 1;
  const close = await run({
    telemetry: noTelemetry,
    env: {
      WATCHKEEPER_CONSOLE_HTTP_PORT: "0",
      WATCHKEEPER_CONSOLE_OPS_PORT: String(opsPort),
      WATCHKEEPER_CONSOLE_PUBLIC_URL: "http://127.0.0.1:4700",
      WATCHKEEPER_CONSOLE_PROMETHEUS_URL: free,
      WATCHKEEPER_CONSOLE_PAGER_URL: free,
      WATCHKEEPER_CONSOLE_PAGER_API_TOKEN: "token",
      WATCHKEEPER_CONSOLE_COLLECTOR_URL: free,
      WATCHKEEPER_CONSOLE_COLLECTOR_API_TOKEN: "token",
      WATCHKEEPER_CONSOLE_SESSION_SECRET: "a secret of at least thirty-two characters",
      WATCHKEEPER_CONSOLE_LOGIN_TOKEN_PATH: join(rig.folder, "other-token"),
    },
    log: createLog("console", "silent"),
  });
  cleanups.push(close);
  const ops = `http://127.0.0.1:${opsPort}`;
  expect((await fetch(`${ops}/readyz`)).status).toBe(200);
  const text = await (await fetch(`${ops}/metrics`)).text();
  expect(differencesFromCatalogue(text, metricsOf("console"))).toEqual([]);
});
