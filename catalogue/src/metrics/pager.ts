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

/** Times of people: from seconds after a push to a night in which nobody looked. */
const peopleSeconds = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 14_400, 86_400] as const;

export const pagerIncidentsOpenedTotal = defineCounter({
  name: "watchkeeper_pager_incidents_opened_total",
  help: "Incidents opened, by priority; those folded into a storm count too",
  unit: "items",
  labels: ["priority"],
  emittedBy,
});

export const pagerAcknowledgeSeconds = defineHistogram({
  name: "watchkeeper_pager_acknowledge_seconds",
  help: "Time from the opening of an incident to its first acknowledgement (its mean is the MTTA)",
  unit: "seconds",
  labels: ["priority"],
  buckets: peopleSeconds,
  emittedBy,
});

export const pagerResolveSeconds = defineHistogram({
  name: "watchkeeper_pager_resolve_seconds",
  help: "Time from the opening of an incident to its resolution (its mean is the MTTR)",
  unit: "seconds",
  labels: ["priority"],
  buckets: peopleSeconds,
  emittedBy,
});

export const pagerShiftPages = defineGauge({
  name: "watchkeeper_pager_shift_pages",
  help: "Incidents that paged in the last 12 hours, the length of a shift; more than two are too many",
  unit: "items",
  labels: [],
  emittedBy,
});

export const pagerAlertIncidents = defineGauge({
  name: "watchkeeper_pager_alert_incidents",
  help: "Incidents of the last 30 days by alert and by whether they were worth telling people",
  unit: "items",
  labels: ["alert", "verdict"],
  emittedBy,
});

export const pagerNoiseRatio = defineGauge({
  name: "watchkeeper_pager_noise_ratio",
  help: "Share of noise among the incidents of the last 30 days that somebody judged; absent while none was",
  unit: "ratio",
  labels: [],
  emittedBy,
});

export const pagerEscalationsTotal = defineCounter({
  name: "watchkeeper_pager_escalations_total",
  help: "Levels of escalations that fired, by what came of them",
  unit: "items",
  labels: ["escalation_result"],
  emittedBy,
});

export const pagerEscalationLatenessSeconds = defineHistogram({
  name: "watchkeeper_pager_escalation_lateness_seconds",
  help: "How much later than due a level of an escalation fired",
  unit: "seconds",
  labels: [],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60],
  emittedBy,
});

export const pagerUnreached = defineGauge({
  name: "watchkeeper_pager_unreached",
  help: "Open incidents for which everybody was asked and nobody has acknowledged",
  unit: "items",
  labels: [],
  emittedBy,
});

export const pagerReadinessProblems = defineGauge({
  name: "watchkeeper_pager_readiness_problems",
  help: "What would keep a page from reaching somebody: people, schedules, addresses or the on-call file, by kind",
  unit: "items",
  labels: ["readiness_problem"],
  emittedBy,
});

export const pagerStormsOpen = defineGauge({
  name: "watchkeeper_pager_storms_open",
  help: "Routes with more new incidents than people can read: one message speaks for them",
  unit: "items",
  labels: [],
  emittedBy,
});

export const pagerReconciledTotal = defineCounter({
  name: "watchkeeper_pager_reconciled_total",
  help: "Alerts put right by comparing them with Alertmanager, by what was wrong",
  unit: "items",
  labels: ["reconcile_result"],
  emittedBy,
});

export const pagerReady = defineGauge({
  name: "watchkeeper_pager_ready",
  help: "1 while this replica can store webhooks and page from them, 0 otherwise",
  unit: "items",
  labels: [],
  emittedBy,
});

export const pagerCanaryLastSuccessTimestampSeconds = defineGauge({
  name: "watchkeeper_pager_canary_last_success_timestamp_seconds",
  help: "When a canary last came all the way from Prometheus through the pager's outbox, in Unix time",
  unit: "timestamp_seconds",
  labels: [],
  emittedBy,
});

export const pagerEmergencyPagesTotal = defineCounter({
  name: "watchkeeper_pager_emergency_pages_total",
  help: "Pages sent from the snapshot on disk while the database was away",
  unit: "items",
  labels: ["channel"],
  emittedBy,
});
