import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import type { Channel } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Pass } from "../checkpoint.ts";
import { isAway } from "../database/away.ts";
import { storeBody } from "../ingest/store.ts";
import type { PagerMetrics } from "../metrics.ts";
import type { Reach } from "../routes.ts";
import { createEmergency, type Emergency } from "./emergency.ts";
import { importLedger } from "./import.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { readSnapshot, type Snapshot, takeSnapshot, writeSnapshot } from "./snapshot.ts";

export interface DegradedOptions {
  readonly database: QueryRunner;
  readonly reach: Reach;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  /** Names this installation. */
  readonly install: string;
  /** Where the snapshot and the ledger lie. */
  readonly folder: string;
  /** Tells replicas apart that share the folder. */
  readonly replica: string;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  readonly checkpoint?: Pass | undefined;
}

/** All that keeps paging while the database is away. */
export interface Degraded {
  readonly emergency: Emergency;
  takeSnapshot(): Promise<void>;
  /** Reads in what was sent meanwhile; costs nothing when nothing was. */
  recover(): Promise<void>;
}

/** A ledger that fails this often, with the database there, will fail for ever. */
const MAX_FAILURES = 5;

/** Puts snapshot, ledger and emergency together. */
export async function createDegraded(options: DegradedOptions): Promise<Degraded> {
  const { database, reach, channels, install, folder, replica, metrics, log, checkpoint } = options;
  let snapshot: Snapshot | undefined = await readSnapshot(folder);
  const file = createLedger(folder, replica);
  // A ledger may be left of a process that ended before it was read in.
  let unread = true;
  let failures = 0;
  const ledger: Ledger = {
    ...file,
    append: (entry) => {
      unread = true;
      return file.append(entry);
    },
  };
  async function readIn(): Promise<void> {
    if (!unread) return;
    unread = false;
    try {
      const messages = await importLedger(database, reach, ledger, checkpoint);
      if (messages > 0) log.info({ messages }, "read in what was sent while the database was away");
      failures = 0;
    } catch (error) {
      unread = true;
      failures += isAway(error) ? 0 : 1;
      if (failures < MAX_FAILURES) throw error;
      // Webhooks wait for this: the worst that follows is a message that arrives twice.
      failures = 0;
      unread = false;
      const kept = await file.setAside();
      log.error({ err: error, kept }, "what was sent while the database was away cannot be read in");
    }
  }
  let reading: Promise<void> | undefined;
  /** Whoever asks while it is read in waits for the same. */
  const recover = (): Promise<void> => {
    reading ??= readIn().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const emergency = createEmergency({
    reach,
    channels,
    snapshot: () => snapshot,
    ledger,
    restore: async (bodies) => {
      await database.query("is-back", "SELECT 1");
      // First what was sent: another pager that processes a webhook before that would send it again.
      await recover();
      for (const { source, body } of bodies) await storeBody(database, source, body);
    },
    metrics,
    log,
    checkpoint,
  });
  return {
    emergency,
    async takeSnapshot() {
      const taken = await takeSnapshot(database, reach.directory, install);
      snapshot = taken;
      await writeSnapshot(folder, taken);
    },
    recover,
  };
}
