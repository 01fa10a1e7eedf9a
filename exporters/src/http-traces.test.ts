import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import express from "express";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { instrumentPool } from "./database.ts";
import { traceRequests } from "./http-traces.ts";
import { createMetrics } from "./metrics.ts";
import { logRequests } from "./request-log.ts";

const recorded = new InMemorySpanExporter();
const lines: object[] = [];
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let server: Server;
let url: string;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(recorded)] }),
  );
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const runner = instrumentPool(pool, createMetrics());
  const write = (line: object): void => void lines.push(line);
  const app = express();
  traceRequests(app);
  const logger = { child: () => logger, debug: write, info: write, warn: write };
  logRequests(app, { logger });
  app.get("/people/:id", async (_request, response) => {
    await runner.query("find-person", "SELECT $1::text", ["secret"]);
    response.end();
  });
  app.get("/broken", async (_request, response) => {
    await runner.query("broken-query", "SELECT secret FROM nowhere").catch(() => response.status(500).end());
  });
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server?.closeAllConnections();
  await pool?.end();
  await database?.drop();
  trace.disable();
  context.disable();
  propagation.disable();
});

beforeEach(() => {
  recorded.reset();
  lines.length = 0;
});

const spansAfter = (count: number) =>
  until(`${count} spans`, () => {
    const spans = recorded.getFinishedSpans();
    return spans.length >= count ? new Map(spans.map((span) => [span.name, span])) : undefined;
  });

test("a request and its queries are one trace, which its caller began and its line names", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await fetch(`${url}/people/42?q=secret`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  const spans = await spansAfter(2);
  const request = spans.get("GET /people/:id");
  const query = spans.get("find-person");
  expect(request?.spanContext().traceId).toBe(traceId);
  expect(request?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
  expect(query?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  expect(request?.attributes).toEqual({
    "http.request.method": "GET",
    "http.route": "/people/:id",
    "http.response.status_code": 200,
  });
  expect(query?.attributes).toEqual({ "db.system.name": "postgresql" });
  expect(lines).toEqual([expect.objectContaining({ traceId, spanId: request?.spanContext().spanId })]);
});

test("what fails is marked without the words of the failure, which may hold what people typed", async () => {
  await fetch(`${url}/broken`);
  const spans = await spansAfter(2);
  for (const name of ["GET /broken", "broken-query"]) {
    expect(spans.get(name)?.status).toEqual({ code: SpanStatusCode.ERROR });
  }
  expect(spans.get("broken-query")?.attributes["error.type"]).toBe("error");
  const everything = JSON.stringify(
    [...spans.values()].map(({ attributes, events }) => [attributes, events]),
  );
  expect(everything).not.toContain("secret");
});
