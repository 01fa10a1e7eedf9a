import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { until } from "@watchkeeper/testing/poll";
import { expect, test } from "vitest";
import { UnavailableError } from "../problem.ts";
import { createUsageCapture } from "./capture.ts";
import type { UsageBatch } from "./store.ts";

const event = { kind: "login", tenantId: "t", userId: "u" } as const;
const limits = { maxWaiting: 5, maxBatch: 3, intervalMs: 1_000 };

function start(store: (batch: UsageBatch) => Promise<void>) {
  const clock = createManualClock(1_000);
  const metrics = createMetrics();
  const lines: { message: string }[] = [];
  const log = createLog("app", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const usage = createUsageCapture({ store, metrics, clock, log, limits });
  const count = async (outcome: string): Promise<number | undefined> =>
    parseExposition(await metrics.registry.metrics())
      .flatMap(({ samples }) => samples)
      .find(({ labels }) => labels.usage_outcome === outcome)?.value;
  return { clock, usage, lines, count };
}

test("events are stored in batches, each with the moment at which it happened", async () => {
  const stored: UsageBatch[] = [];
  const { clock, usage, count } = start(async (batch) => void stored.push(batch));
  for (let i = 0; i < 4; i++) usage.record({ ...event, userId: `u${i}` });
  await clock.advance(1_000);
  await until("both batches", () => (stored.length === 2 ? true : undefined));
  expect(stored.map(({ events }) => events.map(({ userId, atMs }) => [userId, atMs]))).toEqual([
    [
      ["u0", 1_000],
      ["u1", 1_000],
      ["u2", 1_000],
    ],
    [["u3", 1_000]],
  ]);
  expect(stored[0]?.key).not.toBe(stored[1]?.key);
  expect([await count("stored"), await count("dropped")]).toEqual([4, 0]);
  await usage.close();
});

test("while the database is away events wait up to the bound, then are dropped and counted, and the same batch is tried again", async () => {
  const keys: string[] = [];
  let away = true;
  const { clock, usage, lines, count } = start(async ({ key }) => {
    keys.push(key);
    if (away) throw new UnavailableError("postgres", new Error("connection refused"));
  });
  for (let i = 0; i < 3; i++) usage.record(event);
  await clock.advance(1_000);
  await until("the first attempt", () => (keys.length === 1 ? true : undefined));
  for (let i = 0; i < 4; i++) usage.record(event);
  expect(await count("dropped")).toBe(2);
  await clock.advance(2_000);
  await until("the second attempt", () => (keys.length === 2 ? true : undefined));
  away = false;
  await clock.advance(4_000);
  await until("all to be stored", async () => ((await count("stored")) === 5 ? true : undefined));
  // Stored once even if the first attempt had arrived: the key is its identity.
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(lines.map(({ message }) => message)).toEqual([
    "cannot store events of use",
    "events of use can be stored again",
  ]);
  await usage.close();
});

test("a batch that the database refuses for good is dropped, so that later ones are not kept waiting", async () => {
  let first = true;
  const { clock, usage, count } = start(async () => {
    if (!first) return;
    first = false;
    throw new Error("violates check constraint");
  });
  for (let i = 0; i < 4; i++) usage.record(event);
  await clock.advance(1_000);
  await until("the rest to be stored", async () => ((await count("stored")) === 1 ? true : undefined));
  expect(await count("dropped")).toBe(3);
  await usage.close();
});

test("what is left when the app ends is stored, or dropped and counted when that takes too long", async () => {
  const stored: UsageBatch[] = [];
  const quick = start(async (batch) => void stored.push(batch));
  quick.usage.record(event);
  await quick.usage.close();
  expect(stored).toHaveLength(1);

  const stuck = start(() => new Promise(() => undefined));
  stuck.usage.record(event);
  const closed = stuck.usage.close();
  await new Promise((resolve) => setImmediate(resolve));
  await stuck.clock.advance(1_000);
  await closed;
  expect(await stuck.count("dropped")).toBe(1);
});
