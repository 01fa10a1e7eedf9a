import type { LabelValue } from "@watchkeeper/catalogue/labels";
import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import type { Log } from "@watchkeeper/process/log";
import type { Database } from "../database/database.ts";
import type { Sent } from "./mail.ts";
import { endOf, lastPeriod, type ReportPeriod } from "./period.ts";

/** Reports of a period are due at seven in the morning of the first day after it. */
const DUE_AFTER_MS = 7 * 60 * 60_000;
/** A report that could not be sent for so long is no news any more. */
const GIVE_UP_AFTER_MS = 6 * 24 * 60 * 60_000;
/** Minutes until the next attempt, by the number of those that failed. */
const RETRY_MINUTES = [5, 15, 60, 180] as const;

const KINDS = ["week", "month"] as const;

export interface DeliveryDeps {
  readonly database: Pick<Database, "query">;
  readonly timeZone: string;
  readonly make: (period: ReportPeriod) => Promise<ReportDocument>;
  /** Begins while the report is being made. @throws Error of making it */
  readonly send: (making: Promise<ReportDocument>) => Promise<Sent>;
  readonly count: (kind: LabelValue<"report_kind">, result: LabelValue<"report_result">) => void;
  readonly log: Log;
}

/**
 * The row is the permission to send: whoever makes it, or takes it back after a refusal, sends. One that says `sending`
 * is left by a collector that ended in the middle: its mail may have arrived, so it is not sent again.
 */
const CLAIM = `
  INSERT INTO collector.report AS r (kind, period, state, attempts) VALUES ($1, $2, 'sending', 1)
  ON CONFLICT (kind, period) DO UPDATE SET state = 'sending', attempts = r.attempts + 1, changed_at = now()
  WHERE r.state = 'refused' AND r.next_attempt_at <= now()
  RETURNING attempts`;

const FINISH = `
  UPDATE collector.report SET state = $3, reason = $4, changed_at = now(),
    next_attempt_at = now() + $5 * interval '1 minute'
  WHERE kind = $1 AND period = $2`;

/** A collector that ended while it sent. */
const ABANDONED = `
  UPDATE collector.report SET state = 'unsure', reason = 'the collector ended while it sent', changed_at = now()
  WHERE state = 'sending' AND changed_at < now() - interval '10 minutes' RETURNING kind, period`;

/** The reports of this moment that should have been sent. */
async function dueNow({ database, timeZone }: DeliveryDeps, nowMs: number): Promise<readonly ReportPeriod[]> {
  const { rows } = await database.query<{ at: Date; demo: boolean }>(
    "report_installed",
    `SELECT at, EXISTS (SELECT FROM collector.tenant WHERE demo) AS demo FROM collector.install`,
  );
  // Before the installation nothing was measured, unless a past was made for a demonstration.
  const sinceMs = rows[0]?.demo ? 0 : (rows[0]?.at.getTime() ?? nowMs);
  return KINDS.map((kind) => lastPeriod(kind, nowMs, timeZone)).filter((period) => {
    const end = endOf(period);
    return end > sinceMs && nowMs >= end + DUE_AFTER_MS && nowMs < end + DUE_AFTER_MS + GIVE_UP_AFTER_MS;
  });
}

/** What came of each report that was due. */
export interface Delivered {
  readonly period: string;
  readonly result: Sent["result"];
  readonly reason?: string;
}

/**
 * Sends every report that is due and was not sent, each once however many collectors there are.
 *
 * @throws Error of the database or of making a report; what a mail server says is a result
 */
export async function deliverReports(deps: DeliveryDeps, nowMs: number): Promise<readonly Delivered[]> {
  const { database, make, send, count, log } = deps;
  const abandoned = await database.query<{ kind: "week" | "month"; period: string }>(
    "report_abandoned",
    ABANDONED,
  );
  for (const { kind, period } of abandoned.rows) {
    count(kind, "unsure");
    log.error({ period }, "a report may not have arrived, and is not sent again by itself");
  }
  const delivered: Delivered[] = [];
  for (const period of await dueNow(deps, nowMs)) {
    const { kind, name } = period;
    const claimed = await database.query<{ attempts: number }>("report_claim", CLAIM, [kind, name]);
    const attempts = claimed.rows[0]?.attempts;
    if (attempts === undefined) continue;
    const minutes = RETRY_MINUTES[Math.min(attempts, RETRY_MINUTES.length) - 1] ?? 5;
    const finish = (state: Sent["result"], reason: string | null) =>
      database.query("report_finish", FINISH, [kind, name, state, reason, minutes]);
    let sent: Sent;
    try {
      sent = await send(make(period));
    } catch (error) {
      await finish("refused", "it could not be made");
      throw error;
    }
    count(kind, sent.result);
    const reason = sent.result === "sent" ? undefined : sent.reason;
    await finish(sent.result, reason ?? null);
    if (sent.result === "sent") log.info({ period: name }, "sent a report");
    else if (sent.result === "refused")
      log.error({ period: name, reason, minutes }, "a report is refused, and tried again");
    else
      log.error({ period: name, reason }, "a report may not have arrived, and is not sent again by itself");
    delivered.push({ period: name, result: sent.result, ...(reason !== undefined && { reason }) });
  }
  return delivered;
}
