import { defineCounter, defineGauge, defineHistogram } from "../metric.ts";

const emittedBy = ["pager"] as const;

export const pagerWebhooksTotal = defineCounter({
  name: "watchkeeper_pager_webhooks_total",
  help: "Webhook bodies received by what became of them",
  unit: "items",
  labels: ["inbox_result"],
  emittedBy,
});

export const pagerInboxBacklog = defineGauge({
  name: "watchkeeper_pager_inbox_backlog",
  help: "Webhook bodies stored and not yet processed",
  unit: "items",
  labels: [],
  emittedBy,
});

export const pagerIncidentsOpen = defineGauge({
  name: "watchkeeper_pager_incidents_open",
  help: "Incidents that are not resolved, by severity",
  unit: "items",
  labels: ["severity"],
  emittedBy,
});

export const pagerDeliveriesPending = defineGauge({
  name: "watchkeeper_pager_deliveries_pending",
  help: "Messages that wait to be delivered, by channel",
  unit: "items",
  labels: ["channel"],
  emittedBy,
});

export const pagerDeliveryAttemptsTotal = defineCounter({
  name: "watchkeeper_pager_delivery_attempts_total",
  help: "Attempts to deliver a message, by channel and how they ended",
  unit: "items",
  labels: ["channel", "delivery_result"],
  emittedBy,
});

/** 20 s is when the next channel takes over for a page. */
export const pagerDeliveryLatencySeconds = defineHistogram({
  name: "watchkeeper_pager_delivery_latency_seconds",
  help: "Time from the webhook's commit to the provider's acceptance of a new message",
  unit: "seconds",
  labels: ["channel"],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300],
  emittedBy,
});

export const pagerWatchdogLastSeenTimestampSeconds = defineGauge({
  name: "watchkeeper_pager_watchdog_last_seen_timestamp_seconds",
  help: "When the Watchdog alert last arrived, in Unix time; 0 before the first",
  unit: "timestamp_seconds",
  labels: [],
  emittedBy,
});
