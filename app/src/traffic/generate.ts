import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import type { Random } from "../demo/random.ts";
import { chooseAction } from "./mix.ts";
import { shareOfPeak } from "./shape.ts";
import { createSummary } from "./summary.ts";
import type { Visitor } from "./visitor.ts";

/** A slow directory gets fewer new requests, not a growing pile. */
const MAX_IN_FLIGHT = 32;

const SUMMARY_INTERVAL_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface TrafficOptions {
  readonly visitors: readonly Visitor[];
  readonly random: Random;
  readonly peakRps: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Sends requests at random moments at the pace of the day until the signal aborts; then waits for those under way.
 *
 * When no answer comes at all it pauses, longer each time. An answer that is an error does not slow it down: people
 * go on trying, and the error rate must show.
 */
export async function generateTraffic({
  visitors,
  random,
  peakRps,
  clock,
  log,
  signal,
}: TrafficOptions): Promise<void> {
  const summary = createSummary();
  const underWay = new Set<Promise<void>>();
  let pausedUntilMs = 0;
  let pauseMs = FIRST_PAUSE_MS;

  const onNoAnswer = (error: unknown): void => {
    summary.countFailure(reasonOf(error));
    // Requests that were under way together fail together: that is one reason to pause, not many.
    if (clock.now() < pausedUntilMs) return;
    pausedUntilMs = clock.now() + pauseMs;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  };

  const send = (share: number): void => {
    // In a quiet hour fewer people are there, not the same people more slowly.
    const present = visitors
      .slice(0, Math.ceil(visitors.length * share))
      .filter((visitor) => visitor.isReady());
    if (underWay.size >= MAX_IN_FLIGHT || present.length === 0) {
      summary.countSkipped();
      return;
    }
    const request = random
      .pick(present)
      .act(chooseAction(random))
      .then((status) => {
        summary.countAnswer(status);
        pauseMs = FIRST_PAUSE_MS;
      }, onNoAnswer)
      .finally(() => underWay.delete(request));
    underWay.add(request);
  };

  const summarising = (async () => {
    for (;;) {
      await clock.sleep(SUMMARY_INTERVAL_MS, signal);
      if (signal.aborted) return;
      log.info(summary.take(), "traffic of the last minute");
    }
  })();

  while (!signal.aborted) {
    const share = shareOfPeak(new Date(clock.now()));
    const rps = peakRps * share;
    // Exponential gaps: people do not arrive in step.
    const gapMs = (-Math.log(1 - random.next()) / rps) * 1_000;
    await clock.sleep(gapMs, signal);
    // The last request may have gone unanswered meanwhile.
    if (clock.now() < pausedUntilMs) await clock.sleep(pausedUntilMs - clock.now(), signal);
    if (signal.aborted) break;
    send(share);
  }
  await Promise.all([...underWay, summarising]);
}
