import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { until } from "@watchkeeper/testing/poll";
import express, { type Express } from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";
import { type HttpInstrument, instrumentHttp } from "./http.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { exposeText } from "./scrape/expose.ts";

let metrics: Metrics;
let server: Server;
let url: string;
let hanging: (() => void)[];
let close: () => void;

type StartServer = (app: Express, http: HttpInstrument) => Server;

/** Every way for a request to come to the app. */
const ways: readonly (readonly [string, { fastClasses: boolean }, StartServer])[] = [
  ["a server of ours", { fastClasses: true }, (_, http) => http.createServer().listen(0, "127.0.0.1")],
  ["app.listen", { fastClasses: true }, (app) => app.listen(0, "127.0.0.1")],
  ["a server of ours with Node's classes", { fastClasses: false }, (app) => app.listen(0, "127.0.0.1")],
  ["a foreign server", { fastClasses: true }, (app) => createServer(app).listen(0, "127.0.0.1")],
];

function createDemoApp(app: Express): void {
  const people = express.Router({ mergeParams: true });
  people.get("/:id", (request, response) => void response.json({ id: request.params.id }));
  people.get("/:id/broken", () => {
    throw new Error("broken on purpose");
  });
  people.post("/", (_request, response) => void response.status(201).end());
  app.get("/", (_request, response) => void response.send("home"));
  app.get("/slow", (_request, response) => void hanging.push(() => response.end("late")));
  app.get(["/old", "/older"], (_request, response) => void response.end());
  app.get("/files/*path", (_request, response) => void response.end());
  app.use("/api/teams/:team/people", people);
  app.use("/api/people", people);
  const admin = express();
  admin.get("/jobs/:job", (_request, response) => void response.end());
  app.use("/admin", admin);
  app.use(
    ((_error, _request, response, _next) => void response.status(500).end()) as express.ErrorRequestHandler,
  );
}

const families = async () => parseExposition(await metrics.registry.metrics());

const samplesOf = async (name: string) =>
  (await families()).flatMap((family) => family.samples).filter((sample) => sample.name === name);

/** `GET /api/people/:id 200` → how often. A response closes just after its client has read it, hence the wait. */
const countsAfter = (requests: number) =>
  until(`${requests} counted requests`, async () => {
    const samples = await samplesOf("http_requests_total");
    const sum = samples.reduce((total, { value }) => total + value, 0);
    if (sum < requests) return undefined;
    return Object.fromEntries(
      samples.map(({ labels, value }) => [`${labels.method} ${labels.route} ${labels.status}`, value]),
    );
  });

const get = async (path: string, init?: RequestInit): Promise<number> => {
  const response = await fetch(url + path, init);
  await response.arrayBuffer();
  return response.status;
};

describe.each(ways)("through %s", (_way, options, startServer) => {
  beforeEach(async () => {
    metrics = createMetrics();
    hanging = [];
    const app = express();
    const http = instrumentHttp(app, metrics, options);
    close = http.close;
    createDemoApp(app);
    server = startServer(app, http);
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("requests are counted and timed by method, full route template and status", async () => {
    for (const path of ["/", "/api/people/1", "/api/people/2?q=secret", "/API/people/3/"]) await get(path);
    await get("/api/people", { method: "POST" });
    for (const path of ["/old", "/older", "/files/a/b.txt", "/admin/jobs/7"]) await get(path);
    await get("/slow-not", { method: "DELETE" });
    expect(await countsAfter(10)).toEqual({
      "GET / 200": 1,
      "GET /api/people/:id 200": 3,
      "POST /api/people 201": 1,
      "GET /old 200": 1,
      "GET /older 200": 1,
      "GET /files/*path 200": 1,
      "GET /admin/jobs/:job 200": 1,
      "DELETE unmatched 404": 1,
    });
    const durations = await samplesOf("http_request_duration_seconds_count");
    expect(durations.map(({ value }) => value).sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 3]);
  });

  test("a router with a parameter in its mount path shows its template, never the visitor's value", async () => {
    for (let team = 0; team < 20; team++) await get(`/api/teams/${team}/people/${team}`);
    expect(await countsAfter(20)).toEqual({ "GET /api/teams/:team/people/:id 200": 20 });
  });

  test("a failure inside a mounted router keeps the whole template", async () => {
    await get("/api/people/1/broken");
    await get("/api/teams/9/people/1/broken");
    expect(await countsAfter(2)).toEqual({
      "GET /api/people/:id/broken 500": 1,
      "GET /api/teams/:team/people/:id/broken 500": 1,
    });
  });

  test("a client that goes away before the answer counts as 499, and nothing stays in flight", async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nHost: demo\r\n\r\n");
    await until("the request to be in flight", async () => (hanging.length === 1 ? true : undefined));
    expect((await samplesOf("http_requests_in_flight"))[0]?.value).toBe(1);
    socket.destroy();
    expect(await countsAfter(1)).toEqual({ "GET /slow 499": 1 });
    expect((await samplesOf("http_requests_in_flight"))[0]?.value).toBe(0);
  });

  test("pipelined requests on one connection are counted one by one", async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.resume();
    socket.write("GET / HTTP/1.1\r\nHost: demo\r\n\r\n".repeat(3));
    expect(await countsAfter(3)).toEqual({ "GET / 200": 3 });
    socket.destroy();
  });

  test("answers that wait on one connection when it ends count as 499", async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nHost: demo\r\n\r\n".repeat(2));
    await until("both to be in flight", async () => (hanging.length === 2 ? true : undefined));
    socket.destroy();
    expect(await countsAfter(2)).toEqual({ "GET /slow 499": 2 });
    expect((await samplesOf("http_requests_in_flight"))[0]?.value).toBe(0);
  });

  test("many requests on one connection are each counted once", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) {
      const request = httpRequest(`${url}/api/people/${i}`, { agent }).end();
      const [response] = await once(request, "response");
      response.resume();
      await once(response, "end");
    }
    agent.destroy();
    expect(await countsAfter(20)).toEqual({ "GET /api/people/:id 200": 20 });
    expect((await samplesOf("http_requests_in_flight"))[0]?.value).toBe(0);
  });

  test("a method outside the catalogue counts as OTHER", async () => {
    const request = httpRequest(`${url}/`, { method: "PROPFIND" }).end();
    const [response] = await once(request, "response");
    response.resume();
    expect(await countsAfter(1)).toEqual({ "OTHER unmatched 404": 1 });
  });

  test("a thousand random paths and methods do not grow the series", async () => {
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "PURGE", "LOCK"];
    const visit = (i: number): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const path = `/${Math.random().toString(36).slice(2)}/${i}?${Math.random()}`;
        httpRequest(url + path, { method: methods[i % methods.length] }, (response) => {
          response.resume().once("end", resolve);
        })
          .once("error", reject)
          .end();
      });
    for (let i = 0; i < 1_000; i += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => visit(i + n)));
    const counts = await countsAfter(1_000);
    expect(Object.values(counts).reduce((sum, value) => sum + value, 0)).toBe(1_000);
    expect(Object.keys(counts).sort()).toEqual(
      ["DELETE", "GET", "HEAD", "OPTIONS", "OTHER", "PATCH", "POST", "PUT"].map(
        (method) => `${method} unmatched 404`,
      ),
    );
  });
});

describe("on a server of ours", () => {
  beforeEach(async () => {
    metrics = createMetrics();
    const app = express();
    const http = instrumentHttp(app, metrics, {
      tenantOf: ({ locals }) => locals.tenant,
      exampleOf: (request) => (request.query.trace ? { trace_id: String(request.query.trace) } : undefined),
    });
    close = http.close;
    app.post("/upload", (request, response) => {
      response.locals.tenant = "northlight";
      request.resume().once("end", () => response.send("x".repeat(20_000)));
    });
    server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("bytes are counted by route as they are on the wire", async () => {
    await get("/upload", { method: "POST", body: "y".repeat(5_000) });
    await get("/nowhere");
    await countsAfter(2);
    const sums = async (name: string) =>
      Object.fromEntries((await samplesOf(`${name}_sum`)).map(({ labels, value }) => [labels.route, value]));
    const received = await sums("http_request_size_bytes");
    const sent = await sums("http_response_size_bytes");
    expect(received["/upload"]).toBeGreaterThan(5_000);
    expect(received["/upload"]).toBeLessThan(6_000);
    expect(sent["/upload"]).toBeGreaterThan(20_000);
    expect(sent["/upload"]).toBeLessThan(21_000);
    expect(received.unmatched).toBeLessThan(1_000);
  });

  test("a request is counted for its tenant, and shown where it can be seen in full", async () => {
    await get("/upload?trace=4bf92f", { method: "POST", body: "z" });
    await countsAfter(1);
    const counts = await samplesOf("tenant_requests_total");
    expect(counts.find(({ value }) => value === 1)?.labels).toEqual({
      tenant: "northlight",
      request_result: "ok",
    });
    expect(await exposeText(metrics.registry, "openmetrics")).toMatch(
      /http_request_duration_seconds_bucket\{.*\} 1 # \{trace_id="4bf92f"\} 0\.\d+ \d+\.\d{3}\n/,
    );
  });
});

test("a port that is taken is told to the callback of app.listen", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const app = express();
  const http = instrumentHttp(app, createMetrics());
  const { port } = taken.address() as AddressInfo;
  const error = await new Promise((resolve) => app.listen(port, "127.0.0.1", resolve));
  expect(error).toMatchObject({ code: "EADDRINUSE" });
  http.close();
  await new Promise((resolve) => taken.close(resolve));
});
