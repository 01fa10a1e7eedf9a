import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import { createLog } from "@watchkeeper/process/log";
import { noTelemetry } from "@watchkeeper/process/telemetry";
import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { expect, test } from "vitest";
import { run } from "./run.ts";

async function withCollector(redisUrl: string, check: (ops: string) => Promise<void>): Promise<void> {
  const lines: { message: string; opsPort: number }[] = [];
  const log = createLog("collector", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const env = { WATCHKEEPER_COLLECTOR_OPS_PORT: "0", WATCHKEEPER_COLLECTOR_REDIS_URL: redisUrl };
  const close = await run({ env, log, telemetry: noTelemetry });
  try {
    await check(`http://127.0.0.1:${lines.find(({ message }) => message === "listening")?.opsPort}`);
  } finally {
    await close();
  }
}

const metricsAt = async (ops: string): Promise<string> => (await fetch(`${ops}/metrics`)).text();

test("the metrics are exactly those that the catalogue says the collector emits", async () => {
  await withCollector((await createTestRedis()).url, async (ops) => {
    await until("the first count", async () =>
      (await metricsAt(ops)).includes("\nauth_active_sessions 0\n") ? true : undefined,
    );
    expect(differencesFromCatalogue(await metricsAt(ops), metricsOf("collector"))).toEqual([]);
    expect((await fetch(`${ops}/readyz`)).status).toBe(200);
  });
});

test("without Redis it runs, says so and gives no figure", async () => {
  await withCollector("redis://127.0.0.1:1", async (ops) => {
    expect(await metricsAt(ops)).not.toMatch(/^auth_active_sessions /m);
    expect((await fetch(`${ops}/readyz`)).status).toBe(503);
    expect((await fetch(`${ops}/healthz`)).status).toBe(200);
  });
});
