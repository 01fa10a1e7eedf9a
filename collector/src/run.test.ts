import { metricsOf } from "@watchkeeper/catalogue/metrics/all";
import { differencesFromCatalogue } from "@watchkeeper/exporters/contract";
import { createLog } from "@watchkeeper/process/log";
import { SettingsError } from "@watchkeeper/process/settings";
import { noTelemetry } from "@watchkeeper/process/telemetry";
import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.ts";
import { createTestBed, type TestBed } from "./test-bed.ts";

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

const settings = {
  WATCHKEEPER_COLLECTOR_HTTP_PORT: "0",
  WATCHKEEPER_COLLECTOR_OPS_PORT: "0",
  WATCHKEEPER_COLLECTOR_PROMETHEUS_URL: "http://127.0.0.1:1",
  WATCHKEEPER_COLLECTOR_API_TOKEN: "a token of this test alone",
} as const;

async function withCollector(
  env: Readonly<Record<string, string>>,
  check: (ops: string) => Promise<void>,
): Promise<void> {
  const lines: { message: string; opsPort: number }[] = [];
  const log = createLog("collector", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const close = await run({ env: { ...settings, ...env }, log, telemetry: noTelemetry });
  try {
    await check(`http://127.0.0.1:${lines.find(({ message }) => message === "listening")?.opsPort}`);
  } finally {
    await close();
  }
}

const metricsAt = async (ops: string): Promise<string> => (await fetch(`${ops}/metrics`)).text();

test("the metrics are exactly those that the catalogue says the collector emits", async () => {
  const redis = (await createTestRedis()).url;
  await withCollector(
    { WATCHKEEPER_COLLECTOR_DATABASE_URL: bed.url, WATCHKEEPER_COLLECTOR_REDIS_URL: redis },
    async (ops) => {
      await until("the first count", async () =>
        (await metricsAt(ops)).includes("\nauth_active_sessions 0\n") ? true : undefined,
      );
      expect(differencesFromCatalogue(await metricsAt(ops), metricsOf("collector"))).toEqual([]);
      expect((await fetch(`${ops}/readyz`)).status).toBe(200);
    },
  );
});

test("without Redis and PostgreSQL it runs, says so and gives no figure", async () => {
  await withCollector(
    {
      WATCHKEEPER_COLLECTOR_DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      WATCHKEEPER_COLLECTOR_REDIS_URL: "redis://127.0.0.1:1",
    },
    async (ops) => {
      expect(await metricsAt(ops)).not.toMatch(
        /^(?:auth_active_sessions|business_active_users|business_nps_score)/m,
      );
      expect((await fetch(`${ops}/readyz`)).status).toBe(503);
      expect((await fetch(`${ops}/healthz`)).status).toBe(200);
    },
  );
});

test.each([
  [
    { WATCHKEEPER_COLLECTOR_TIME_ZONE: "Mars/Olympus" },
    "WATCHKEEPER_COLLECTOR_TIME_ZONE: must be a time zone",
  ],
  [{ WATCHKEEPER_COLLECTOR_MIN_PEOPLE: "1" }, "WATCHKEEPER_COLLECTOR_MIN_PEOPLE: must be at least 3"],
  [{ WATCHKEEPER_COLLECTOR_SMTP_URL: "smtp://mail.test" }, "belong together: set all three, or none"],
])("it does not start with %j", async (wrong, reason) => {
  const env = {
    ...settings,
    WATCHKEEPER_COLLECTOR_DATABASE_URL: bed.url,
    WATCHKEEPER_COLLECTOR_REDIS_URL: "redis://127.0.0.1:1",
    ...wrong,
  };
  const log = createLog("collector", "silent");
  await expect(run({ env, log, telemetry: noTelemetry })).rejects.toThrow(SettingsError);
  await expect(run({ env, log, telemetry: noTelemetry })).rejects.toThrow(reason);
});
