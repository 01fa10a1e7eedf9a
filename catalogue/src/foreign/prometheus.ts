import { foreign } from "../external.ts";

/** What Prometheus and Alertmanager say of themselves and add to each scrape, as far as we read it. */

export const scrapeDurationSeconds = foreign(
  "gauge",
  "scrape_duration_seconds",
  "seconds",
  "Time that the last scrape of the target took",
);
export const scrapeSamplesScraped = foreign(
  "gauge",
  "scrape_samples_scraped",
  "items",
  "Samples that the last scrape of the target brought",
);
export const prometheusRuleGroupLastDurationSeconds = foreign(
  "gauge",
  "prometheus_rule_group_last_duration_seconds",
  "seconds",
  "Time that the last evaluation of a group of rules took",
  ["rule_group"],
);
export const prometheusRuleGroupIntervalSeconds = foreign(
  "gauge",
  "prometheus_rule_group_interval_seconds",
  "seconds",
  "How often a group of rules is evaluated",
  ["rule_group"],
);
export const prometheusRuleGroupIterationsMissedTotal = foreign(
  "counter",
  "prometheus_rule_group_iterations_missed_total",
  "items",
  "Evaluations of a group of rules that were skipped, as the one before had not ended",
  ["rule_group"],
);
export const prometheusRuleEvaluationFailuresTotal = foreign(
  "counter",
  "prometheus_rule_evaluation_failures_total",
  "items",
  "Rules that could not be evaluated",
  ["rule_group"],
);
export const prometheusTsdbHeadSeries = foreign(
  "gauge",
  "prometheus_tsdb_head_series",
  "items",
  "Series that Prometheus holds in memory",
);
export const prometheusTsdbHeadSamplesAppendedTotal = foreign(
  "counter",
  "prometheus_tsdb_head_samples_appended_total",
  "items",
  "Samples that Prometheus has stored",
);
export const prometheusNotificationsSentTotal = foreign(
  "counter",
  "prometheus_notifications_sent_total",
  "items",
  "Alerts that Prometheus sent to Alertmanager",
  ["alertmanager"],
);
export const prometheusNotificationsErrorsTotal = foreign(
  "counter",
  "prometheus_notifications_errors_total",
  "items",
  "Alerts that Prometheus could not send to Alertmanager",
  ["alertmanager"],
);
export const prometheusNotificationsDroppedTotal = foreign(
  "counter",
  "prometheus_notifications_dropped_total",
  "items",
  "Alerts that Prometheus gave up to send",
);
export const alertmanagerNotificationsTotal = foreign(
  "counter",
  "alertmanager_notifications_total",
  "items",
  "Notifications that Alertmanager tried to send, by the kind of receiver",
  ["integration"],
);
export const alertmanagerNotificationsFailedTotal = foreign(
  "counter",
  "alertmanager_notifications_failed_total",
  "items",
  "Notifications that Alertmanager could not send, by the kind of receiver",
  ["integration"],
);

export const prometheusConfigLastReloadSuccessful = foreign(
  "gauge",
  "prometheus_config_last_reload_successful",
  "items",
  "1 when Prometheus could read its configuration the last time it tried, 0 otherwise",
);
