import type { QueryRunner } from "@watchkeeper/exporters/database";
import { systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import type { Channel, Outcome } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { Severity } from "../incidents/severity.ts";
import type { PagerMetrics } from "../metrics.ts";
import type { Reach } from "../routes.ts";
import { type Begin, beginAttempt } from "./begin.ts";
import { type Claim, claimDelivery, type Lease } from "./claim.ts";
import { finishAttempt, supersede } from "./finish.ts";
import { sendWithin } from "./send-within.ts";

/*
 * A delivery's life. Whatever arrives at `leased` leaves it by its own holder or, when the lease runs out, by
 * another claim: a crash at any point loses nothing.
 *
 *   pending ──claim──► leased ──taken─────────────────────────────► sent
 *                       │ ▲ │ └─not wanted any more───────────────► superseded
 *       lease ran out ──┘ │ └──refused for good, or too old────────► dead
 *                         │
 *                         ├── retry      (certainly not taken; due after a step or the provider's pause)
 *                         └── ambiguous  (perhaps taken: the next attempt lets the channel look first)
 *
 * `pending`, `retry` and `ambiguous` also end as superseded when their incident is resolved.
 */

/** Tests stop a dispatcher at one of them. */
export type DeliveryCheckpoint = Extract<Checkpoint, "claimed" | "begun" | "sent">;

export interface DispatcherOptions {
  readonly database: QueryRunner;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly reach: Reach;
  readonly consoleUrl: string;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  readonly checkpoint?: (point: DeliveryCheckpoint, claim: Claim) => Promise<void> | void;
}

/** Messages on their way at once, for each destination. */
const CONCURRENCY = 4;

/** After twice the longest attempt nobody can be sending any more. */
const leaseMsOf = (channel: Channel, severity: Severity): number => 2 * channel.budgetMs(severity) + 1_000;

const leaseOf = (channel: Channel): Lease => ({
  pageMs: leaseMsOf(channel, "page"),
  otherMs: leaseMsOf(channel, "info"),
});

const FINISH_PAUSE_MS = 500;

/** What is known about an attempt must not be lost to a database that is away for a moment. */
async function whileLeased<T>(work: () => Promise<T>, deadlineMs: number): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() + FINISH_PAUSE_MS > deadlineMs) throw error;
      await systemClock.sleep(FINISH_PAUSE_MS);
    }
  }
}

export interface Dispatcher {
  /** Claims what may leave now and starts sending it. @returns how many deliveries were claimed */
  dispatch(): Promise<number>;
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
  /** Makes every attempt on its way end at once, without knowing how it ended. */
  abort(): void;
}

/** Sends deliveries: claim → begin → send → finish. Any number may run on one database. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, channels, consoleUrl, log, checkpoint } = options;
  const { attempts, latency } = options.metrics;
  const sending = new Map<Promise<void>, ChannelName>();
  const aborted = new AbortController();

  const busy = (name: ChannelName): number => [...sending.values()].filter((other) => other === name).length;

  async function deliver(claim: Claim, channel: Channel, claimedAtMs: number): Promise<void> {
    await checkpoint?.("claimed", claim);
    const begun: Begin = await beginAttempt(database, claim, consoleUrl);
    const about = { deliveryId: claim.deliveryId, destination: claim.destination, claim: claim.token };
    if (!begun.send) {
      if (begun.reason === "unwanted" && (await supersede(database, claim, begun.because))) {
        attempts.inc({ channel: channel.name, delivery_result: "superseded" });
      }
      const reason = begun.reason === "unwanted" ? begun.because : begun.reason;
      log.info({ ...about, reason }, "delivery not sent");
      return;
    }
    await checkpoint?.("begun", claim);
    const { severity } = begun.message.incident;
    const budgetMs = channel.budgetMs(severity);
    const deadlineMs = claimedAtMs + leaseMsOf(channel, severity);
    const outcome: Outcome =
      performance.now() + budgetMs > deadlineMs
        ? { result: "retry", reason: "the lease would have ended during the attempt" }
        : await sendWithin(channel, begun.message, budgetMs, aborted.signal);
    await checkpoint?.("sent", claim);

    const finish = () =>
      finishAttempt({ database, reach: options.reach, consoleUrl }, { ...begun, claim }, outcome);
    const finished = await whileLeased(finish, deadlineMs);
    const result = outcome.result === "too-fast" ? "retry" : (finished?.state ?? outcome.result);
    attempts.inc({ channel: channel.name, delivery_result: result });
    if (finished?.state === "sent" && (begun.message.kind === "announce" || begun.message.kind === "again")) {
      latency.observe({ channel: channel.name }, finished.latencyMs / 1_000);
    }
    const level = outcome.result === "sent" ? "info" : "warn";
    const { number } = begun.message.incident;
    const { kind } = begun.message;
    const reason = finished ? finished.reason : "lease-lost";
    log[level]({ ...about, kind, incident: number, severity, result, reason }, "delivery attempted");
  }

  async function dispatch(): Promise<number> {
    let claimed = 0;
    for (;;) {
      const free = [...channels.values()].filter(({ name }) => busy(name) < CONCURRENCY);
      if (free.length === 0 || aborted.signal.aborted) return claimed;
      const leases = Object.fromEntries(free.map((channel) => [channel.name, leaseOf(channel)]));
      const claimedAtMs = performance.now();
      const claim = await claimDelivery(database, leases);
      const channel = claim && channels.get(claim.channel);
      if (!channel) return claimed;
      claimed += 1;
      // A failure here is the database's: the lease runs out and the delivery is claimed again.
      const work = deliver(claim, channel, claimedAtMs).catch((error: unknown) =>
        log.error(
          { err: error, deliveryId: claim.deliveryId, channel: channel.name },
          "delivery interrupted",
        ),
      );
      sending.set(work, channel.name);
      void work.finally(() => sending.delete(work));
    }
  }

  return {
    dispatch,
    idle: async () => {
      while (sending.size > 0) await Promise.all(sending.keys());
    },
    abort: () => aborted.abort(),
  };
}
