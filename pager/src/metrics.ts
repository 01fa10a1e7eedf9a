import { labels } from "@watchkeeper/catalogue/labels";
import {
  pagerDeliveriesPending,
  pagerDeliveryAttemptsTotal,
  pagerDeliveryLatencySeconds,
  pagerEscalationLatenessSeconds,
  pagerEscalationsTotal,
  pagerInboxBacklog,
  pagerIncidentsOpen,
  pagerWatchdogLastSeenTimestampSeconds,
  pagerWebhooksTotal,
} from "@watchkeeper/catalogue/metrics/pager";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { CounterHandle, HistogramHandle, Metrics } from "@watchkeeper/exporters/metrics";
import type { Superseded } from "./outbox/enqueue.ts";

/** The pager's own counters; its gauges read the database at every scrape. */
export interface PagerMetrics {
  readonly webhooks: CounterHandle<"inbox_result">;
  readonly attempts: CounterHandle<"channel" | "delivery_result">;
  readonly latency: HistogramHandle<"channel">;
  readonly escalations: CounterHandle<"escalation_result">;
  readonly escalationLateness: HistogramHandle<never>;
}

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
      `SELECT destination AS name, count(*)::integer AS count FROM delivery
       WHERE state IN ('pending', 'leased', 'retry', 'ambiguous') GROUP BY destination`,
    );
    for (const channel of labels.channel.values) set({ channel }, counts.get(channel) ?? 0);
  });
  metrics.gauge(pagerWatchdogLastSeenTimestampSeconds, async (set) => {
    const { rows } = await database.query<{ seconds: number }>(
      "watchdog-last-seen",
      `SELECT extract(epoch FROM seen_at)::double precision AS seconds FROM heartbeat WHERE name = 'Watchdog'`,
    );
    set({}, rows[0]?.seconds ?? 0);
  });

  return {
    webhooks: metrics.counter(pagerWebhooksTotal),
    attempts: metrics.counter(pagerDeliveryAttemptsTotal),
    latency: metrics.histogram(pagerDeliveryLatencySeconds),
    escalations: metrics.counter(pagerEscalationsTotal),
    escalationLateness: metrics.histogram(pagerEscalationLatenessSeconds),
  };
}

export function countSuperseded(metrics: PagerMetrics, superseded: readonly Superseded[]): void {
  for (const { channel, count } of superseded) {
    metrics.attempts.inc({ channel, delivery_result: "superseded" }, count);
  }
}
