import type { Queries } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";

/*
 * Prometheus ─► Alertmanager ─► inbox ─► processing ─► outbox ─► whoever waits for our heartbeat
 *              (Watchdog, every minute)                          (healthchecks.io, another host's ntfy, …)
 *
 * The Watchdog alert is the canary: it goes the way of a page, and only its end differs. When it stops arriving
 * outside, everything between Prometheus and our outbox is suspect, this process included.
 */

const TIMEOUT_MS = 5_000;

/**
 * Carries the newest Watchdog through the outbox: marks it as arrived and tells the outside checker. Failing to tell is
 * not tried again, since the next canary comes within a minute and silence is what the checker listens for.
 *
 * @param heartbeatUrl is asked with GET; its path is mostly a secret and never logged
 * @returns whether there was a new one
 */
export async function carryCanary(
  queries: Queries,
  heartbeatUrl: string | undefined,
  log: Log,
): Promise<boolean> {
  const { rowCount } = await queries.query(
    "carry-canary",
    `INSERT INTO heartbeat AS h (name, seen_at)
     SELECT 'PagerCanary', pager_now() FROM heartbeat w WHERE w.name = 'Watchdog' AND NOT EXISTS (
       SELECT 1 FROM heartbeat c WHERE c.name = 'PagerCanary' AND c.seen_at >= w.seen_at)
     ON CONFLICT (name) DO UPDATE SET seen_at = greatest(h.seen_at, excluded.seen_at)`,
  );
  if (!rowCount) return false;
  if (heartbeatUrl !== undefined) void beat(heartbeatUrl, log);
  return true;
}

async function beat(url: string, log: Log): Promise<void> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    if (!response.ok) log.warn({ status: response.status }, "the heartbeat was refused");
  } catch (error) {
    log.warn({ reason: reasonOf(error).replaceAll(url, "[redacted]") }, "the heartbeat did not arrive");
  }
}
