import { SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { createClient } from "redis";
import { expect, test } from "vitest";
import { traceRedisCommands } from "./redis-spans.ts";

test("each command of a real client is a span by its name, without its arguments", async () => {
  const recorded = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(recorded)] }),
  );
  const client = createClient({ url: (await createTestRedis()).url });
  await client.connect();
  const end = traceRedisCommands();
  try {
    await client.set("secret-key", "secret-value");
    await expect(client.lPush("secret-key", "x")).rejects.toThrow("WRONGTYPE");
  } finally {
    end();
    await client.get("secret-key");
    client.destroy();
    trace.disable();
  }
  const spans = recorded.getFinishedSpans();
  expect(spans.map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ["SET", SpanStatusCode.UNSET, { "db.system.name": "redis", "db.operation.name": "SET" }],
    [
      "LPUSH",
      SpanStatusCode.ERROR,
      { "db.system.name": "redis", "db.operation.name": "LPUSH", "error.type": expect.any(String) },
    ],
  ]);
  expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toContain("secret");
});
