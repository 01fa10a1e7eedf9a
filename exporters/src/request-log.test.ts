import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { until } from "@watchkeeper/testing/poll";
import express from "express";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { logRequests, type RequestLogger, type RequestLogOptions, requestIdOf } from "./request-log.ts";

type Line = Readonly<Record<string, unknown>> & { readonly level: string };

let server: Server;
let lines: Line[];
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function start(options: Partial<RequestLogOptions> = {}): Promise<string> {
  lines = [];
  const loggerOf = (common: object): RequestLogger => {
    const write =
      (level: string) =>
      (fields: object, message: string): void =>
        void lines.push({ level, message, ...common, ...fields });
    return { child: loggerOf, debug: write("debug"), info: write("info"), warn: write("warn") };
  };
  const app = express();
  app.set("trust proxy", true);
  logRequests(app, {
    logger: loggerOf({}),
    identify: () => ({ userId: "user-1", tenantId: "tenant-1" }),
    quietRoutes: ["/healthz"],
    ...options,
  });
  app.get("/people/:id", (_request, response) => void response.json({ id: requestIdOf(response) }));
  app.get("/healthz", (_request, response) => void response.end());
  app.get("/broken", (_request, response) => void response.status(503).end());
  app.get("/never", () => undefined);
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const linesAfter = (count: number): Promise<readonly Line[]> =>
  until(`${count} lines`, () => (lines.length >= count ? lines : undefined));

test("a line says what happened, and of people no more than is needed to find a fault", async () => {
  const url = await start();
  const answer = await fetch(`${url}/people/42?q=secret`, {
    headers: { "user-agent": `browser/${"x".repeat(100)}`, "x-forwarded-for": "203.0.113.77" },
  });
  const requestId = answer.headers.get("x-request-id");
  expect(await answer.json()).toEqual({ id: requestId });
  const [line] = await linesAfter(1);
  expect(line).toEqual({
    level: "info",
    message: "request",
    requestId,
    userId: expect.stringMatching(/^[0-9a-f]{16}$/),
    tenantId: "tenant-1",
    ip: "203.0.113.0",
    userAgent: `browser/${"x".repeat(56)}`,
    duration: expect.any(Number),
    metadata: { method: "GET", path: "/people/:id", status: 200 },
  });
});

test("whole personal data is written where somebody asked for it", async () => {
  const url = await start({ wholePersonalData: true });
  await fetch(`${url}/people/42`, { headers: { "x-forwarded-for": "203.0.113.77" } });
  expect((await linesAfter(1))[0]).toMatchObject({ userId: "user-1", ip: "203.0.113.77" });
});

test.each([
  ["abcdefgh-1234", true],
  ["short", false],
  ["with spaces and more", false],
  ["x".repeat(65), false],
])("the request's id %j that a proxy gives is taken: %s", async (given, taken) => {
  const url = await start();
  const { headers } = await fetch(`${url}/people/1`, { headers: { "x-request-id": given } });
  expect(headers.get("x-request-id") === given).toBe(taken);
});

test("probes are written at the level debug, and server errors at warn", async () => {
  const url = await start();
  await fetch(`${url}/healthz`);
  await fetch(`${url}/broken`);
  expect((await linesAfter(2)).map(({ level }) => level)).toEqual(["debug", "warn"]);
});

test("a client that goes away leaves a line with 499", async () => {
  const url = await start();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(server, "request");
  socket.destroy();
  expect((await linesAfter(1))[0]).toMatchObject({ metadata: { path: "/never", status: 499 } });
});

test("a logger whose level is changed while requests come writes as it says", async () => {
  const levels: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line) => void levels.push(JSON.parse(line).level) });
  const url = await start({ logger });
  await fetch(`${url}/people/1`);
  logger.level = "info";
  await fetch(`${url}/people/1`);
  await until("the line", () => (levels.length > 0 ? true : undefined));
  expect(levels).toEqual([30]);
});

test("above the rate lines are held back and told with the next one, errors never", async () => {
  let now = 0;
  const url = await start({ linesPerSecond: 2, now: () => now });
  for (let i = 0; i < 5; i += 1) await fetch(`${url}/people/1`);
  await fetch(`${url}/broken`);
  await until("the error's line", () => lines.some(({ level }) => level === "warn") || undefined);
  now = 1_000;
  await fetch(`${url}/people/1`);
  const written = await linesAfter(4);
  expect(written.map(({ level, heldBack }) => [level, heldBack])).toEqual([
    ["info", undefined],
    ["info", undefined],
    ["warn", undefined],
    ["info", 3],
  ]);
});
