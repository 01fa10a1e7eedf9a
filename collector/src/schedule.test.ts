import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { until } from "@watchkeeper/testing/poll";
import { expect, test } from "vitest";
import { type Job, runJob } from "./schedule.ts";

test("a job that fails or never ends forgets its figure, is logged once, and goes on at its pace", async () => {
  const lines: { message: string; reason?: string }[] = [];
  const log = createLog("collector", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const clock = createManualClock();
  const stopped = new AbortController();
  const outcomes = [
    () => Promise.reject(new Error("refused")),
    () => new Promise<void>(() => undefined),
    async () => undefined,
    async () => undefined,
  ];
  const seen = { collected: 0, forgotten: 0 };
  const job: Job = {
    name: "demo",
    intervalMs: 1_000,
    timeoutMs: 20,
    collect: () => (outcomes[seen.collected++] ?? (async () => undefined))(),
    forget: () => void seen.forgotten++,
  };
  const running = runJob(job, { clock, log, signal: stopped.signal });
  await until("the first failure", () => (seen.forgotten === 1 ? true : undefined));
  await clock.advance(1_000);
  await until("the time limit", () => (seen.forgotten === 2 ? true : undefined));
  await clock.advance(2_000);
  stopped.abort();
  await running;
  expect(seen).toEqual({ collected: 4, forgotten: 2 });
  expect(lines.map(({ message, reason }) => [message, reason])).toEqual([
    ["job fails", "refused"],
    ["job works again", undefined],
  ]);
});
