import { trace } from "@opentelemetry/api";
import { type Receiver, startReceiver } from "@watchkeeper/testing/telemetry-receiver";
import { afterEach, expect, test } from "vitest";
import { type OpenTelemetry, openTelemetry } from "./telemetry.ts";

let receiver: Receiver | undefined;
let telemetry: OpenTelemetry | undefined;
afterEach(async () => {
  await telemetry?.close(100);
  await receiver?.close();
});

test("lines go to standard output and to Loki, spans to the collector, and a line within a trace names it", async () => {
  receiver = await startReceiver();
  const { url, received } = receiver;
  const lines: string[] = [];
  telemetry = openTelemetry(
    "app",
    {
      WATCHKEEPER_TELEMETRY_LOKI_URL: url,
      WATCHKEEPER_TELEMETRY_OTLP_URL: url,
      WATCHKEEPER_TELEMETRY_ENVIRONMENT: "test",
      WATCHKEEPER_TELEMETRY_TRACE_RATIO: "1",
    },
    { write: (line) => void lines.push(line) },
  );
  trace.getTracer("test").startActiveSpan("work", (span) => {
    telemetry?.log.warn("careful");
    span.end();
  });
  await telemetry.close(1_000);

  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "warn",
    timestamp: expect.any(String),
    service: "app",
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    env: "test",
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    message: "careful",
  });
  const { traceId } = JSON.parse(lines[0] ?? "");
  const bodyOf = (wanted: string) => received.find(({ path }) => path === wanted)?.body;
  expect(bodyOf("/loki/api/v1/push")).toHaveProperty("streams", [
    {
      stream: { service: "app", env: "test", level: "warn" },
      values: [[expect.any(String), lines[0]?.trimEnd(), { trace_id: traceId }]],
    },
  ]);
  expect(JSON.stringify(bodyOf("/v1/traces"))).toContain(traceId);
  expect(telemetry.lines()).toMatchObject({ shipped: 1, dropped: 0, refused: 0 });
  expect(telemetry.spans()).toEqual({ exported: 1, unsampled: 0, dropped: 0 });
});

test("who did what is written whatever the level, and marked", () => {
  const lines: string[] = [];
  telemetry = openTelemetry(
    "app",
    { WATCHKEEPER_LOG_LEVEL: "error" },
    { write: (line) => void lines.push(line) },
  );
  telemetry.log.info("not written");
  telemetry.audit.info({ action: "sign-in" }, "audit");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ stream: "audit", action: "sign-in", level: "info" }),
  ]);
});

test.each([
  ["LOKI_URL", "loki:3100", "WATCHKEEPER_TELEMETRY_LOKI_URL: must be an http:// or https:// URL"],
  ["ENVIRONMENT", "Production!", "WATCHKEEPER_TELEMETRY_ENVIRONMENT: must be a short lower-case name"],
  ["TRACE_RATIO", "2", "WATCHKEEPER_TELEMETRY_TRACE_RATIO"],
  ["LOKI_URI", "http://loki", "there is no such setting"],
])("%s=%s is refused in one line", (name, value, message) => {
  expect(() => openTelemetry("app", { [`WATCHKEEPER_TELEMETRY_${name}`]: value })).toThrow(message);
});
