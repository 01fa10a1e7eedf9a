import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, expect, test } from "vitest";
import { startTestConsole } from "../test-rig.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Asked {
  readonly url: string;
  readonly body: URLSearchParams;
}

/** A console before a Prometheus that answers as the test wants, and what was asked of it. */
async function open(listener: RequestListener, signIn = true) {
  const asked: Asked[] = [];
  const server: Server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    asked.push({ url: req.url ?? "", body: new URLSearchParams(body) });
    listener(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const web = await startTestConsole({
    prometheusUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    limits: { timeoutMs: 500, maxBytes: 10_000 },
  });
  cleanups.push(() => web.close());
  const cookie = signIn ? await web.signIn() : "";
  const ask = (path: string, parameters?: Readonly<Record<string, string>>, signal?: AbortSignal) =>
    fetch(`${web.url}/api/prometheus/${path}`, {
      headers: { cookie },
      ...(parameters && { method: "POST", body: new URLSearchParams(parameters) }),
      ...(signal && { signal }),
    });
  return { asked, ask };
}

const succeed: RequestListener = (_req, res) => res.end('{"status":"success","data":[]}');
const range = { query: "up", start: "0", end: "600", step: "15" };

test("the four questions of a board reach Prometheus, with a time limit", async () => {
  const { ask, asked } = await open(succeed);
  expect(await (await ask("query", { query: "up", time: "7" })).json()).toEqual({
    status: "success",
    data: [],
  });
  expect((await ask("query_range", range)).status).toBe(200);
  expect((await ask("query_range?query=up&start=0&end=600&step=15")).status).toBe(200);
  expect((await ask("query_exemplars", { query: "up", start: "0", end: "600" })).status).toBe(200);
  expect((await ask("label/route/values?match[]=up&match[]=b&start=1&end=2")).status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual([
    "/api/v1/query",
    "/api/v1/query_range",
    "/api/v1/query_range",
    "/api/v1/query_exemplars",
    "/api/v1/label/route/values?start=1&end=2&match%5B%5D=up&match%5B%5D=b&limit=20000",
  ]);
  expect(Object.fromEntries(asked[1]?.body ?? [])).toEqual({ ...range, timeout: "500ms" });
});

test.each([
  ["series", undefined],
  ["admin/tsdb/delete_series", {}],
  ["..%2f..%2f-%2freload", {}],
  ["label/__name__%2f..%2fx/values", undefined],
  ["status/config", undefined],
])("nothing else of Prometheus can be reached: %s", async (path, parameters) => {
  const { ask, asked } = await open(succeed);
  const { status } = await ask(path, parameters);
  expect([400, 404]).toContain(status);
  expect(asked).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>, number]>([
  ["more than 11,000 points", { ...range, end: "1000000", step: "1" }, 400],
  ["an end before the beginning", { ...range, end: "-1" }, 400],
  ["a step of nothing", { ...range, step: "0" }, 400],
  ["no query", { start: "0", end: "1", step: "1" }, 400],
  ["a name that nobody looked at", { ...range, dedup: "x" }, 400],
  ["a query of a megabyte", { ...range, query: "x".repeat(1_000_000) }, 413],
])("%s is refused without asking", async (_what, parameters, status) => {
  const { ask, asked } = await open(succeed);
  expect((await ask("query_range", parameters)).status).toBe(status);
  expect(asked).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["a year", { query: "up", start: "0", end: "31536000" }],
  ["an end before the beginning", { query: "up", start: "5", end: "4" }],
  ["a step, which they do not have", { ...range }],
])("exemplars of %s are refused without asking", async (_what, parameters) => {
  const { ask, asked } = await open(succeed);
  expect((await ask("query_exemplars", parameters)).status).toBe(400);
  expect(asked).toEqual([]);
});

test.each<[string, RequestListener, number, string]>([
  [
    "a query that it does not understand",
    (_req, res) => res.writeHead(422).end('{"status":"error","error":"found duplicate series"}'),
    422,
    "found duplicate series",
  ],
  [
    "an error without words",
    (_req, res) => res.writeHead(500).end("no"),
    502,
    "Prometheus answers with an error (500)",
  ],
  ["no answer in time", () => {}, 504, "Prometheus does not answer within 0.5 s"],
  [
    "too much",
    (_req, res) => res.end("x".repeat(20_000)),
    502,
    "Prometheus answers with more than 10000 bytes",
  ],
  ["a closed connection", (req) => req.socket.destroy(), 502, "Prometheus cannot be reached"],
])("%s is told in words", async (_what, listener, status, error) => {
  const { ask } = await open(listener);
  const answer = await ask("query", { query: "up", time: "1" });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ status: "error", error });
});

test("a question ends when the person who asked has gone", async () => {
  let closed = false;
  const { ask, asked } = await open((req) => {
    req.socket.once("close", () => {
      closed = true;
    });
  });
  const leaving = new AbortController();
  const question = ask("query", { query: "up", time: "1" }, leaving.signal).catch(() => undefined);
  await until("the question to arrive", async () => (asked.length > 0 ? true : undefined));
  leaving.abort();
  await question;
  await until("Prometheus to be left alone", async () => closed || undefined, 400);
});

test("without a session nothing is asked", async () => {
  const { ask, asked } = await open(succeed, false);
  expect((await ask("query", { query: "up", time: "1" })).status).toBe(401);
  expect(asked).toEqual([]);
});
