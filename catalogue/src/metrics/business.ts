import { defineCounter, defineGauge, defineHistogram } from "../metric.ts";

/** Figures about people come from the database, so that each collector says the same: take the maximum, never a sum. */
const emittedBy = ["collector"] as const;

/** Every hour has one figure, which several collectors give alike and no restart of the app makes smaller. */
export const businessEventsLastHour = defineGauge({
  name: "business_events_last_hour",
  help: "How often people did something in the last full hour, counted once from the database",
  unit: "items",
  labels: ["business_event"],
  emittedBy,
});

export const businessActiveUsers = defineGauge({
  name: "business_active_users",
  help: "Different people who used the Company Directory in the last day, week or 30 days",
  unit: "items",
  labels: ["activity_window"],
  emittedBy,
});

/** Divide by `business_active_users{activity_window="month"}` to have a feature's adoption. */
export const businessFeatureUsers = defineGauge({
  name: "business_feature_users",
  help: "Different people who used a feature in the last 30 days",
  unit: "items",
  labels: ["feature"],
  emittedBy,
});

export const businessNpsScore = defineGauge({
  name: "business_nps_score",
  help: "Net promoter score of the last 90 days, from -100 to 100; absent without answers",
  unit: "items",
  labels: [],
  emittedBy,
});

export const businessNpsResponses = defineGauge({
  name: "business_nps_responses",
  help: "Answers to the survey behind the net promoter score in the last 90 days",
  unit: "items",
  labels: [],
  emittedBy,
});

export const businessTicketsOpen = defineGauge({
  name: "business_tickets_open",
  help: "Support tickets that are not resolved",
  unit: "items",
  labels: [],
  emittedBy,
});

export const businessTicketsOpened = defineGauge({
  name: "business_tickets_opened",
  help: "Support tickets opened in the last week",
  unit: "items",
  labels: [],
  emittedBy,
});

export const businessTicketResolutionMedianSeconds = defineGauge({
  name: "business_ticket_resolution_median_seconds",
  help: "Time to resolve half of the tickets resolved in the last 30 days; absent without any",
  unit: "seconds",
  labels: [],
  emittedBy,
});

export const businessDemoData = defineGauge({
  name: "business_demo_data",
  help: "1 while the business figures include made-up demo data, 0 otherwise",
  unit: "items",
  labels: [],
  emittedBy,
});

/** Browsers measure these on people's own machines: slower and more honest than the server's time. */
export const pageLoadDurationSeconds = defineHistogram({
  name: "page_load_duration_seconds",
  help: "How long people waited for the page, as their browsers measured it",
  unit: "seconds",
  labels: ["page_phase"],
  buckets: [0.1, 0.25, 0.5, 1, 1.8, 2.5, 4, 6, 10],
  emittedBy: ["app"],
});

export const usageEventsTotal = defineCounter({
  name: "usage_events_total",
  help: "Events of use that the app has stored for the business figures, or had to drop",
  unit: "items",
  labels: ["usage_outcome"],
  emittedBy: ["app"],
});

export const usageEventsWaiting = defineGauge({
  name: "usage_events_waiting",
  help: "Events of use in memory that are not stored yet",
  unit: "items",
  labels: [],
  emittedBy: ["app"],
});
