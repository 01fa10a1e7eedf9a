import { once } from "node:events";
import { type ClientRequest, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../api/app.ts";
import { exportPagerMetrics } from "../metrics.ts";
import { createIngestRoutes, MAX_BODY_BYTES, MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES } from "./routes.ts";

const TOKEN = "ingest-token-0123456789";
let server: Server;
let answers: number[] = [];
let retryAfter: string | undefined;
const open: ClientRequest[] = [];

beforeEach(async () => {
  answers = [];
  // A database that takes everything and answers nothing.
  const hang = () => new Promise<never>(() => undefined);
  const database: QueryRunner = { query: hang, transaction: hang };
  const metrics = createMetrics();
  const log = createLog("pager", "silent");
  const routes = createIngestRoutes({
    database,
    token: TOKEN,
    metrics: exportPagerMetrics(metrics, database),
    log,
    stored: () => undefined,
  });
  server = createApp(metrics, log, [routes]).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
  server.closeAllConnections();
  server.close();
});

/** Sends a head, and of its body nothing or all. Resolves with the answer; those without one are cut off in the end. */
function send(length: number, body?: string): Promise<void> {
  const sent = request({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    method: "POST",
    path: "/webhooks/alertmanager",
    headers: { authorization: `Bearer ${TOKEN}`, "content-length": length },
  });
  open.push(sent);
  sent.on("error", () => undefined);
  const answered = new Promise<void>((resolve) => {
    sent.once("response", (response) => {
      answers.push(response.statusCode ?? 0);
      retryAfter = response.headers["retry-after"];
      response.resume();
      resolve();
    });
  });
  if (body === undefined) sent.flushHeaders();
  else sent.end(body);
  return answered;
}

test("many small bodies wait for a slow database; one more is told to come again, never that it was too fast", async () => {
  for (let n = 0; n < MAX_IN_FLIGHT; n++) void send(2, "{}");
  await send(2, "{}");
  expect(answers).toEqual([503]);
  expect(Number(retryAfter)).toBeGreaterThan(0);
});

test("large bodies wait as long as memory allows", async () => {
  for (let n = 0; n < MAX_IN_FLIGHT_BYTES / MAX_BODY_BYTES; n++) void send(MAX_BODY_BYTES);
  // The first that does not fit is small.
  await send(2, "{}");
  expect(answers).toEqual([503]);
});
