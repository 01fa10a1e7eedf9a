import type { QueryRunner } from "@watchkeeper/exporters/database";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import type { Channel } from "./channels/channel.ts";
import type { ChannelName } from "./channels/channel-name.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { ClockWatch } from "./database/clock-watch.ts";
import { removeOldRows } from "./database/retention.ts";
import { fireDue } from "./escalation/fire.ts";
import { reopenDue } from "./escalation/reopen.ts";
import { tellOfUnreached } from "./escalation/unreached.ts";
import { countIncidents } from "./incidents/count.ts";
import { expireAlerts } from "./incidents/expire.ts";
import { processNext } from "./ingest/process.ts";
import { countSuperseded, type PagerMetrics } from "./metrics.ts";
import { carryCanary } from "./outbox/canary.ts";
import type { Claim } from "./outbox/claim.ts";
import { createDispatcher } from "./outbox/dispatch.ts";
import { askAlertmanagers } from "./reconcile/alertmanager.ts";
import { reconcile } from "./reconcile/reconcile.ts";
import type { Reach } from "./routes.ts";
import { calmStorms } from "./storm/calm.ts";
import { createWake } from "./wake.ts";

export interface EngineOptions {
  readonly database: QueryRunner;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly reach: Reach;
  readonly consoleUrl: string;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  readonly clock?: Clock;
  /** Whom to compare with once a minute; undefined: nobody. */
  readonly alertmanager?: { readonly urls: readonly string[]; readonly receiver: string } | undefined;
  /** Who expects to hear of every canary. */
  readonly heartbeatUrl?: string | undefined;
  /** Done before webhooks are processed: what was sent while the database was away is read in first. */
  readonly recover?: () => Promise<void>;
  /** Once a minute: what is needed to page without the database. */
  readonly takeSnapshot?: () => Promise<void>;
  readonly checkpoint?: (point: Checkpoint, claim?: Claim) => Promise<void> | void;
  /** Notices when the database's clock is set back; undefined: nobody looks. */
  readonly clockWatch?: ClockWatch;
}

export interface Engine {
  /** A webhook was stored: look at once instead of at the next poll. */
  wake(): void;
  /** Stops claiming and waits for what is on its way, for a while. */
  close(): Promise<void>;
}

/** How late anything that nobody announced may be noticed: due retries, the other replica's work. */
const POLL_MS = 250;
/** What waits for an answer that came is asked again before it leaves; until then it only waits. */
const CANCEL_MS = 2_000;
const CLOCK_MS = 500;
const HOUSEKEEPING_MS = 60_000;
const RECONCILE_MS = 60_000;
const LEFT_OUT_PAUSE_MS = 1_000;
/** A database that is away is asked this often. */
const TROUBLE_PAUSE_MS = 1_000;
/** Less than the process is given to end. */
const CLOSE_BUDGET_MS = 2_500;

/**
 * The pager's heart: webhook bodies become incidents and deliveries, deliveries become messages. Any number of
 * engines may run on one database, and none leads: rows are locked while they are processed and leased while they
 * are sent.
 */
export function startEngine(options: EngineOptions): Engine {
  const { database, reach, consoleUrl, metrics, log, checkpoint, clock = systemClock } = options;
  const dispatcher = createDispatcher(options);
  const stopping = new AbortController();
  const asleep = (ms: number): Promise<void> => clock.sleep(ms, stopping.signal);
  const inboxWake = createWake();
  const escalationWake = createWake();
  const outboxWake = createWake();
  const reconcileWake = createWake();
  /** Alertmanager has said so of a message, and has not been asked since. */
  let leftOut = false;
  const onLeftOut = (): void => {
    leftOut = true;
    reconcileWake.wake();
  };

  const onNews = (): void => {
    escalationWake.wake();
    outboxWake.wake();
  };
  const processing = { database, reach, consoleUrl, metrics, log, checkpoint, onNews, onLeftOut };
  /** Woken for every body of a flood, a stage looks for what nobody announces no oftener than without the flood. */
  const isPollDue = (name: string, everyMs = POLL_MS): boolean => {
    if (performance.now() - (lookedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    lookedAtMs.set(name, performance.now());
    return true;
  };
  const lookedAtMs = new Map<string, number>();
  const processInbox = async (): Promise<void> => {
    await options.recover?.();
    while (!stopping.signal.aborted && (await processNext(processing)));
  };
  const escalate = async (): Promise<void> => {
    const cancels = isPollDue("cancelled", CANCEL_MS);
    while (!stopping.signal.aborted && (await fireDue({ database, reach, metrics, checkpoint, cancels })));
    if (isPollDue("reopen")) while (!stopping.signal.aborted && (await reopenDue(database, reach)));
    outboxWake.wake();
  };
  const sendOutbox = async (): Promise<void> => {
    await dispatcher.dispatch();
    if (isPollDue("canary")) await carryCanary(database, options.heartbeatUrl, log);
  };
  const compareWithAlertmanager = async (): Promise<void> => {
    if (!options.alertmanager) return;
    const { urls, receiver } = options.alertmanager;
    const asksForLeftOut = leftOut;
    leftOut = false;
    try {
      // Several messages of a storm are one question.
      if (asksForLeftOut) await asleep(LEFT_OUT_PAUSE_MS);
      const upstream = await askAlertmanagers(urls, receiver, stopping.signal);
      await reconcile(database, reach, metrics, upstream, asksForLeftOut);
    } catch (error) {
      leftOut ||= asksForLeftOut;
      throw error;
    }
    escalationWake.wake();
    outboxWake.wake();
  };
  const keepHouse = async (): Promise<void> => {
    countSuperseded(metrics, await expireAlerts(database, reach));
    await calmStorms(database, reach);
    await countIncidents(database, metrics);
    await tellOfUnreached(database, reach, consoleUrl);
    await removeOldRows(database);
    await options.takeSnapshot?.();
  };

  /** Runs a stage again and again; its failure is the database's and never ends the loop. */
  async function loop(
    name: string,
    stage: () => Promise<void>,
    pause: (ms: number) => Promise<void>,
    ms: number,
  ) {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await stage();
        if (failing) log.info({ stage: name }, "works again");
        failing = false;
      } catch (error) {
        if (!failing) log.error({ err: error, stage: name }, "does not work, trying again");
        else log.debug({ reason: reasonOf(error), stage: name }, "still does not work");
        failing = true;
      }
      await pause(failing ? TROUBLE_PAUSE_MS : ms);
    }
  }

  const loops = Promise.all([
    loop("inbox", processInbox, (ms) => inboxWake.sleep(ms, clock, stopping.signal), POLL_MS),
    loop("escalation", escalate, (ms) => escalationWake.sleep(ms, clock, stopping.signal), POLL_MS),
    loop("outbox", sendOutbox, (ms) => outboxWake.sleep(ms, clock, stopping.signal), POLL_MS),
    loop("clock", async () => options.clockWatch?.look(), asleep, CLOCK_MS),
    loop(
      "reconciliation",
      compareWithAlertmanager,
      (ms) => reconcileWake.sleep(ms, clock, stopping.signal),
      RECONCILE_MS,
    ),
    loop("housekeeping", keepHouse, asleep, HOUSEKEEPING_MS),
  ]);

  return {
    wake: () => inboxWake.wake(),
    close: async () => {
      stopping.abort();
      const patience = new AbortController();
      const enough = systemClock.sleep(CLOSE_BUDGET_MS, patience.signal).then(() => dispatcher.abort());
      await loops;
      await dispatcher.idle();
      patience.abort();
      await enough;
    },
  };
}
