import { createBacklog, type Parcel } from "./backlog.ts";
import { createBatchBuilder, type LogLevel, type StreamLabels, type StreamName } from "./batch.ts";
import { type Body, openBody } from "./body.ts";
import { type LokiTarget, type PushOutcome, push } from "./push.ts";

/** What became of all lines so far. `written` is the sum of the others and of what is still on its way. */
export interface LineCounts {
  readonly written: number;
  readonly shipped: number;
  /** No room, or no time at the end. */
  readonly dropped: number;
  /** Loki answered that it will never take them. */
  readonly refused: number;
}

export interface LogShipper {
  /** Never waits and never throws. @param line one line of JSON, without its end */
  write(level: LogLevel, line: string, stream?: StreamName): void;
  counts(): LineCounts;
  /** Sends what waits, for at most `budgetMs`; what is left then counts as dropped. Later lines are dropped too. */
  close(budgetMs?: number): Promise<void>;
}

export interface ShipperOptions {
  readonly target: LokiTarget;
  readonly labels: StreamLabels;
  /** Told when sending begins to fail, and (without a reason) when it works again. */
  readonly onHealth?: (reason: string | undefined) => void;
  /** Lines wait at most this long for others to travel with. */
  readonly lingerMs?: number;
  /** Gzipped bytes that may wait for a Loki that is away; 8 MiB hold hundreds of thousands of request lines. */
  readonly maxBacklogBytes?: number;
  /** The first pause after a failure; it doubles up to `MAX_PAUSE_MS`. */
  readonly firstPauseMs?: number;
}

/** Characters of a batch: joining so many takes well below 0.1 ms, which no request feels. */
const BATCH_SIZE = 16 * 1_024;
/** Characters of a push at most: half of what Loki takes at once by default. */
const MAX_PUSH_SIZE = 2 * 1_024 * 1_024;
/** Characters that may wait for the compressing threads; more are written only by a process that never pauses. */
const MAX_PACKING_SIZE = 8 * 1_024 * 1_024;
const MAX_PAUSE_MS = 30_000;
const CLOSE_BUDGET_MS = 2_500;

/**
 * Ships log lines to Loki beside standard output, which stays the source of truth. Memory is bounded whatever Loki
 * does, and every line is counted as shipped, dropped or refused.
 *
 *   line ─► batch ─(16 KB)─► gzip ─(`lingerMs`)─► backlog ─► one push at a time ─► taken
 *                                                   ▲  └ oldest dropped when full    ├► refused
 *                                                   └────────── pause ◄──────────────┴ retry
 *
 * While pushes wait for a slow Loki the next one grows instead of joining them, so that its pace is no limit.
 */
export function createLogShipper(options: ShipperOptions): LogShipper {
  const { target, labels, onHealth, lingerMs = 1_000, maxBacklogBytes = 8 * 1_024 * 1_024 } = options;
  const { firstPauseMs = 500 } = options;
  const maxPushSize = Math.min(MAX_PUSH_SIZE, maxBacklogBytes);
  const builder = createBatchBuilder(labels);
  const backlog = createBacklog(maxBacklogBytes);
  const cutOff = new AbortController();
  const counts = { written: 0, shipped: 0, dropped: 0, refused: 0 };
  let body: Body | undefined;
  let packingSize = 0;
  let packing: Promise<void> = Promise.resolve();
  let linger: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let endPause: (() => void) | undefined;
  let closed = false;
  let failing = false;

  const setHealth = (reason: string | undefined): void => {
    if ((reason !== undefined) === failing) return;
    failing = reason !== undefined;
    onHealth?.(reason);
  };

  /** Hands what was collected to the compressing threads. @returns characters of the push so far */
  function feed(): number {
    const batch = builder.take();
    if (!batch) return body?.size ?? 0;
    body ??= openBody();
    const { length } = batch.streams;
    packingSize += length;
    body.add(batch, () => {
      packingSize -= length;
    });
    return body.size;
  }

  /** Ends a push. They stay in order, as each waits for the one before. */
  function pack(): void {
    clearTimeout(linger);
    linger = undefined;
    feed();
    if (!body) return;
    const { lines } = body;
    const compressed = body.close().catch(() => undefined);
    body = undefined;
    packing = packing.then(async () => {
      const bytes = await compressed;
      counts.dropped += bytes ? backlog.add({ body: bytes, lines }) : lines;
      sending ??= send().finally(() => {
        sending = undefined;
      });
    });
  }

  function packSoon(): void {
    linger ??= setTimeout(() => {
      linger = undefined;
      if (backlog.bytes > 0 && feed() < maxPushSize) packSoon();
      else pack();
    }, lingerMs).unref();
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        endPause = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      endPause = done;
    });

  /** Jitter keeps the instances of a service from coming back all at once. */
  const pauseAfter = (failures: number, outcome: PushOutcome & { kind: "retry" }): number =>
    outcome.afterMs ??
    Math.min(firstPauseMs * 2 ** Math.min(failures - 1, 10), MAX_PAUSE_MS) * (0.8 + 0.4 * Math.random());

  async function send(): Promise<void> {
    let failures = 0;
    for (let parcel = backlog.takeFirst(); parcel; parcel = backlog.takeFirst()) {
      const outcome = await push(target, parcel.body, cutOff.signal);
      if (outcome.kind === "retry") {
        failures += 1;
        setHealth(outcome.reason);
        counts.dropped += backlog.putBack(parcel);
        if (cutOff.signal.aborted) return;
        await pause(pauseAfter(failures, outcome));
        continue;
      }
      failures = 0;
      count(outcome, parcel);
    }
  }

  function count(outcome: PushOutcome, { lines }: Parcel): void {
    counts[outcome.kind === "taken" ? "shipped" : "refused"] += lines;
    setHealth(outcome.kind === "refused" ? outcome.reason : undefined);
  }

  return {
    write(level, line, stream) {
      counts.written += 1;
      if (closed || packingSize > MAX_PACKING_SIZE) {
        counts.dropped += 1;
        return;
      }
      builder.add(level, line, Date.now(), stream);
      if (builder.size >= BATCH_SIZE && feed() >= maxPushSize) pack();
      else packSoon();
    },
    counts: () => ({ ...counts }),
    async close(budgetMs = CLOSE_BUDGET_MS) {
      if (closed) return;
      closed = true;
      pack();
      const deadline = setTimeout(() => {
        cutOff.abort();
        endPause?.();
      }, budgetMs);
      await packing;
      // One more attempt at once: Loki may be back, and a pause would only use up the time that is left.
      endPause?.();
      await sending;
      clearTimeout(deadline);
      for (let left = backlog.takeFirst(); left; left = backlog.takeFirst()) counts.dropped += left.lines;
    },
  };
}
