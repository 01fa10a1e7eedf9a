import { randomUUID } from "node:crypto";
import { usageEventsTotal, usageEventsWaiting } from "@watchkeeper/catalogue/metrics/business";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { UnavailableError } from "../problem.ts";
import type { RecordUsage } from "./event.ts";
import type { DatedEvent, StoreUsage, UsageBatch } from "./store.ts";

export interface UsageLimits {
  /** Events that memory may hold; more are dropped, and counted as dropped. */
  readonly maxWaiting: number;
  readonly maxBatch: number;
  readonly intervalMs: number;
}

/** Some 2 MB at the most; at ten events a second the database may be away for a quarter of an hour. */
export const USAGE_LIMITS: UsageLimits = { maxWaiting: 10_000, maxBatch: 1_000, intervalMs: 1_000 };

const LONGEST_PAUSE_MS = 30_000;
/** People who stop the app wait for this at the most. */
const LAST_STORE_MS = 1_000;

export interface UsageCapture {
  readonly record: RecordUsage;
  /** Stores what is left, as far as a second allows; the rest is dropped and counted. */
  close(): Promise<void>;
}

export interface UsageCaptureDeps {
  readonly store: StoreUsage;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: UsageLimits;
}

/**
 * Collects events in memory and stores them in batches behind the requests' back. A request pays for one push into an
 * array; a database that is slow or away costs events when the memory's bound is reached, never a request.
 */
export function createUsageCapture({
  store,
  metrics,
  clock,
  log,
  limits = USAGE_LIMITS,
}: UsageCaptureDeps): UsageCapture {
  const counted = metrics.counter(usageEventsTotal);
  let waiting: DatedEvent[] = [];
  /** Under way or to be tried again, always with the key that it was given first. */
  let batch: UsageBatch | undefined;
  let failures = 0;
  const stopped = new AbortController();
  const left = (): number => waiting.length + (batch?.events.length ?? 0);
  metrics.gauge(usageEventsWaiting, (set) => set({}, left()));

  const drop = (events: number): void => counted.inc({ usage_outcome: "dropped" }, events);

  async function storeNext(): Promise<boolean> {
    if (!batch && waiting.length === 0) return false;
    const current = batch ?? { key: randomUUID(), events: waiting.splice(0, limits.maxBatch) };
    batch = current;
    try {
      await store(current);
      counted.inc({ usage_outcome: "stored" }, current.events.length);
      batch = undefined;
      if (failures > 0) log.info("events of use can be stored again");
      failures = 0;
      return true;
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        // Trying again would fail again, and keep all later events waiting.
        log.error(
          { events: current.events.length, err: error },
          "dropped events of use as the database refuses them",
        );
        drop(current.events.length);
        batch = undefined;
        return true;
      }
      if (failures === 0) log.warn({ reason: reasonOf(error) }, "cannot store events of use");
      failures++;
      return false;
    }
  }

  const storing = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, limits.intervalMs * 2 ** failures), stopped.signal);
      while (!stopped.signal.aborted && (await storeNext())) {}
    }
  })();

  return {
    record(event) {
      if (left() >= limits.maxWaiting) return drop(1);
      waiting.push({ ...event, atMs: clock.now() });
    },
    async close() {
      stopped.abort();
      const waited = new AbortController();
      const last = storing.then(async () => {
        while (await storeNext()) {}
      });
      await Promise.race([last, clock.sleep(LAST_STORE_MS, waited.signal)]);
      waited.abort();
      if (left() === 0) return;
      log.warn({ events: left() }, "dropped events of use that could not be stored in time");
      drop(left());
      waiting = [];
    },
  };
}
