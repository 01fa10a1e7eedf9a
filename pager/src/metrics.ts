import { labels } from "@watchkeeper/catalogue/labels";
import {
  pagerAcknowledgeSeconds,
  pagerCanaryLastSuccessTimestampSeconds,
  pagerDeliveriesPending,
  pagerDeliveryAttemptsTotal,
  pagerDeliveryLatencySeconds,
  pagerEmergencyPagesTotal,
  pagerEscalationLatenessSeconds,
  pagerEscalationsTotal,
  pagerInboxBacklog,
  pagerIncidentsOpen,
  pagerIncidentsOpenedTotal,
  pagerReady,
  pagerReconciledTotal,
  pagerResolveSeconds,
  pagerWatchdogLastSeenTimestampSeconds,
  pagerWebhooksTotal,
} from "@watchkeeper/catalogue/metrics/pager";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { CounterHandle, HistogramHandle, Metrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { exportFigures } from "./incidents/figures.ts";
import type { Superseded } from "./outbox/enqueue.ts";

/** The pager's own counters; its gauges read the database at every scrape. */
export interface PagerMetrics {
  readonly webhooks: CounterHandle<"inbox_result">;
  readonly attempts: CounterHandle<"channel" | "delivery_result">;
  readonly latency: HistogramHandle<"channel">;
  readonly escalations: CounterHandle<"escalation_result">;
  readonly escalationLateness: HistogramHandle<never>;
  readonly opened: CounterHandle<"priority">;
  readonly acknowledge: HistogramHandle<"priority">;
  readonly resolve: HistogramHandle<"priority">;
  readonly reconciled: CounterHandle<"reconcile_result">;
  readonly emergencyPages: CounterHandle<"channel">;
}

/** Less than a scrape gives a gauge, so that a database that hangs reads as 0 and not as absent. */
const READY_TIMEOUT_MS = 1_500;

type Counts = { readonly name: string; readonly count: number };

/** Exports the pager's metrics. A gauge is absent while the database is away: nobody knows its value then. */
export function exportPagerMetrics(metrics: Metrics, database: QueryRunner): PagerMetrics {
  const countsOf = async (name: string, text: string): Promise<Map<string, number>> => {
    const { rows } = await database.query<Counts>(name, text);
    return new Map(rows.map((row) => [row.name, row.count]));
  };

  metrics.gauge(pagerInboxBacklog, async (set) => {
    const counts = await countsOf(
      "inbox-backlog",
      "SELECT 'inbox' AS name, count(*)::integer AS count FROM inbox WHERE state = 'pending'",
    );
    set({}, counts.get("inbox") ?? 0);
  });
  metrics.gauge(pagerIncidentsOpen, async (set) => {
    const counts = await countsOf(
      "open-incidents",
      "SELECT severity AS name, count(*)::integer AS count FROM incident WHERE state <> 'resolved' GROUP BY severity",
    );
    for (const severity of labels.severity.values) set({ severity }, counts.get(severity) ?? 0);
  });
  metrics.gauge(pagerDeliveriesPending, async (set) => {
    const counts = await countsOf(
      "pending-deliveries",
      `SELECT split_part(destination, ':', 1) AS name, count(*)::integer AS count FROM delivery
       WHERE state IN ('pending', 'leased', 'retry', 'ambiguous') GROUP BY name`,
    );
    for (const channel of labels.channel.values) set({ channel }, counts.get(channel) ?? 0);
  });
  const lastSeen = async (name: string): Promise<number> => {
    const { rows } = await database.query<{ seconds: number }>(
      "heartbeat-last-seen",
      "SELECT extract(epoch FROM seen_at)::double precision AS seconds FROM heartbeat WHERE name = $1",
      [name],
    );
    return rows[0]?.seconds ?? 0;
  };
  metrics.gauge(pagerWatchdogLastSeenTimestampSeconds, async (set) => set({}, await lastSeen("Watchdog")));
  metrics.gauge(pagerCanaryLastSuccessTimestampSeconds, async (set) => {
    const seconds = await lastSeen("PagerCanary");
    // Before the first canary nothing is known, and zero would read as decades of silence.
    if (seconds > 0) set({}, seconds);
  });
  metrics.gauge(pagerReady, async (set) => {
    const isReady = Promise.race([
      database.query("ready", "SELECT 1").then(() => 1),
      systemClock.sleep(READY_TIMEOUT_MS).then(() => 0),
    ]);
    set({}, await isReady.catch(() => 0));
  });
  exportFigures(metrics, database);

  return {
    webhooks: metrics.counter(pagerWebhooksTotal),
    attempts: metrics.counter(pagerDeliveryAttemptsTotal),
    latency: metrics.histogram(pagerDeliveryLatencySeconds),
    escalations: metrics.counter(pagerEscalationsTotal),
    escalationLateness: metrics.histogram(pagerEscalationLatenessSeconds),
    opened: metrics.counter(pagerIncidentsOpenedTotal),
    acknowledge: metrics.histogram(pagerAcknowledgeSeconds),
    resolve: metrics.histogram(pagerResolveSeconds),
    reconciled: metrics.counter(pagerReconciledTotal),
    emergencyPages: metrics.counter(pagerEmergencyPagesTotal),
  };
}

export function countSuperseded(metrics: PagerMetrics, superseded: readonly Superseded[]): void {
  for (const { channel, count } of superseded) {
    metrics.attempts.inc({ channel, delivery_result: "superseded" }, count);
  }
}
