import { up } from "@watchkeeper/catalogue/external";
import {
  alertmanagerNotificationsFailedTotal,
  alertmanagerNotificationsTotal,
  prometheusConfigLastReloadSuccessful,
  prometheusNotificationsDroppedTotal,
  prometheusNotificationsErrorsTotal,
  prometheusNotificationsSentTotal,
  prometheusRuleEvaluationFailuresTotal,
  prometheusRuleGroupIntervalSeconds,
  prometheusRuleGroupIterationsMissedTotal,
  prometheusRuleGroupLastDurationSeconds,
  prometheusTsdbHeadSamplesAppendedTotal,
  prometheusTsdbHeadSeries,
  scrapeDurationSeconds,
  scrapeSamplesScraped,
} from "@watchkeeper/catalogue/foreign/prometheus";
import { metricOverflowsTotal } from "@watchkeeper/catalogue/metrics/exporter";
import { pagerInboxBacklog, pagerWebhooksTotal } from "@watchkeeper/catalogue/metrics/pager";
import {
  processCpuSecondsTotal,
  processResidentMemoryBytes,
  processStartTimeSeconds,
  watchkeeperBuildInfo,
} from "@watchkeeper/catalogue/metrics/runtime";
import { telemetryLogLinesTotal, telemetrySpansTotal } from "@watchkeeper/catalogue/metrics/telemetry";
import { not, promql, series } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atLeast, atMost, neutral, rising } from "../thresholds.ts";
import { defineVariable } from "../variable.ts";

const job = defineVariable("job", "Job", series(up));
const chosen = { job: job.chosen } as const;

export const watchkeeper = defineBoard({
  uid: "watchkeeper",
  title: "Watchkeeper itself",
  about: "Does what watches work: is everything scraped, are the rules evaluated, do alerts get through?",
  tags: ["watchkeeper", "prometheus", "pager"],
  span: "6h",
  variables: [job],
  links: ["overview", "on-call", "infrastructure", "collector"],
  rows: [
    {
      title: "Now",
      panels: [
        {
          type: "stat",
          key: "down",
          title: "Targets that are down",
          about: "Targets that Prometheus cannot scrape: what they measure is unknown.",
          width: 4,
          metric: up,
          decimals: 0,
          queries: [query(promql`count(${series(up)} == 0) or vector(0)`)],
          thresholds: atMost(1),
          runbooks: ["TargetDown", "ServiceDown"],
        },
        {
          type: "stat",
          key: "rule-failures",
          title: "Failed rules, 1 h",
          about: "Rules that could not be evaluated. An alert whose rule fails is silent.",
          width: 4,
          metric: prometheusRuleEvaluationFailuresTotal,
          unit: "none",
          decimals: 0,
          queries: [
            query(promql`round(sum(increase(${series(prometheusRuleEvaluationFailuresTotal)}[1h])))`),
          ],
          thresholds: atMost(1),
          sparkline: false,
          runbooks: ["RulesFail"],
        },
        {
          type: "stat",
          key: "notifications-lost",
          title: "Lost alerts, 1 h",
          about: "Alerts that did not get from Prometheus to Alertmanager.",
          width: 4,
          metric: prometheusNotificationsDroppedTotal,
          unit: "none",
          decimals: 0,
          queries: [query(promql`round(sum(increase(${series(prometheusNotificationsDroppedTotal)}[1h])))`)],
          thresholds: atMost(1),
          sparkline: false,
          runbooks: ["NotificationsFail", "Watchdog"],
        },
        {
          type: "stat",
          key: "backlog",
          title: "Pager's backlog",
          about: "Webhook bodies that are stored and not yet processed. It is empty within a second.",
          width: 4,
          metric: pagerInboxBacklog,
          decimals: 0,
          queries: [query(promql`max(${series(pagerInboxBacklog)})`)],
          thresholds: rising(1, 20),
          runbooks: ["PagerBacklog"],
        },
        {
          type: "stat",
          key: "configuration",
          title: "Configuration in force",
          about:
            "Whether Prometheus could read its configuration the last time. If not, it goes on with the old one.",
          width: 8,
          metric: prometheusConfigLastReloadSuccessful,
          unit: "bool_yes_no",
          queries: [query(promql`min(${series(prometheusConfigLastReloadSuccessful)})`)],
          words: { 0: "no", 1: "yes" },
          thresholds: atLeast(1),
          sparkline: false,
          runbooks: ["ConfigurationNotLoaded"],
        },
      ],
    },
    {
      title: "Targets",
      panels: [
        {
          type: "table",
          key: "targets",
          title: "Targets",
          about: "Everything that Prometheus scrapes, with the last scrape's time and size.",
          width: 12,
          metric: up,
          labels: { job: "Job", instance: "Instance" },
          columns: [
            {
              title: "Up",
              query: query(promql`max by (job, instance) (${series(up, chosen)})`),
              unit: "bool_yes_no",
              thresholds: atLeast(1),
            },
            {
              title: "Scrape",
              query: query(promql`max by (job, instance) (${series(scrapeDurationSeconds, chosen)})`),
              unit: "s",
              thresholds: rising(2, 8),
            },
            {
              title: "Samples",
              query: query(promql`max by (job, instance) (${series(scrapeSamplesScraped, chosen)})`),
              unit: "short",
            },
          ],
          sortBy: "Scrape",
        },
        {
          type: "timeseries",
          key: "up",
          title: "Up, by job",
          about: "Share of each job's targets that could be scraped.",
          width: 12,
          metric: up,
          unit: "percentunit",
          max: 1,
          queries: [query(promql`avg by (job) (${series(up, chosen)})`, label(up, "job"))],
          legend: "list",
          runbooks: ["ServiceDown"],
        },
        {
          type: "timeseries",
          key: "scrape-duration",
          title: "Time of a scrape",
          about: "A scrape that takes 10 s is given up.",
          width: 12,
          metric: scrapeDurationSeconds,
          queries: [query(promql`max by (job) (${series(scrapeDurationSeconds, chosen)})`, label(up, "job"))],
          thresholds: atMost(8),
        },
        {
          type: "timeseries",
          key: "samples",
          title: "Samples of a scrape",
          about: "What each job costs. A jump is a label that has got out of hand.",
          width: 12,
          metric: scrapeSamplesScraped,
          queries: [query(promql`sum by (job) (${series(scrapeSamplesScraped, chosen)})`, label(up, "job"))],
          stacked: true,
        },
      ],
    },
    {
      title: "Prometheus",
      panels: [
        {
          type: "timeseries",
          key: "rule-duration",
          title: "Time of the rules",
          about:
            "Share of its interval that the evaluation of each group takes. At 100 % evaluations are skipped.",
          width: 8,
          metric: prometheusRuleGroupLastDurationSeconds,
          unit: "percentunit",
          queries: [
            query(
              promql`
                max by (rule_group) (${series(prometheusRuleGroupLastDurationSeconds)})
                / max by (rule_group) (${series(prometheusRuleGroupIntervalSeconds)})`,
              label(prometheusRuleGroupLastDurationSeconds, "rule_group"),
            ),
          ],
          thresholds: rising(0.5, 1),
        },
        {
          type: "timeseries",
          key: "rule-misses",
          title: "Evaluations that were skipped",
          about: "Evaluations of a group each second that did not happen in time.",
          width: 8,
          metric: prometheusRuleGroupIterationsMissedTotal,
          unit: "ops",
          queries: [
            query(
              promql`
                sum by (rule_group) (rate(${series(prometheusRuleGroupIterationsMissedTotal)}[${rateInterval}]))`,
              label(prometheusRuleGroupIterationsMissedTotal, "rule_group"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "series",
          title: "Series in memory",
          about: "What Prometheus has to remember. It grows with every new combination of labels.",
          width: 8,
          metric: prometheusTsdbHeadSeries,
          queries: [query(promql`max(${series(prometheusTsdbHeadSeries)})`, "series")],
        },
        {
          type: "timeseries",
          key: "ingestion",
          title: "Samples stored",
          about: "Samples that Prometheus stores each second.",
          width: 8,
          metric: prometheusTsdbHeadSamplesAppendedTotal,
          unit: "ops",
          queries: [
            query(
              promql`sum(rate(${series(prometheusTsdbHeadSamplesAppendedTotal)}[${rateInterval}]))`,
              "samples",
            ),
          ],
        },
        {
          type: "timeseries",
          key: "notifications",
          title: "Alerts to Alertmanager",
          about: "Alerts that Prometheus sends each second, and those that failed.",
          width: 8,
          metric: prometheusNotificationsSentTotal,
          unit: "ops",
          queries: [
            query(promql`sum(rate(${series(prometheusNotificationsSentTotal)}[${rateInterval}]))`, "sent"),
            query(
              promql`sum(rate(${series(prometheusNotificationsErrorsTotal)}[${rateInterval}]))`,
              "failed",
            ),
          ],
          colours: { sent: "green", failed: "red" },
        },
        {
          type: "timeseries",
          key: "notifications-pager",
          title: "Alertmanager to the pager",
          about: "Notifications that Alertmanager sends each second, and those that failed.",
          width: 8,
          metric: alertmanagerNotificationsTotal,
          unit: "ops",
          queries: [
            query(
              promql`
                sum(rate(${series(alertmanagerNotificationsTotal, { integration: "webhook" })}[${rateInterval}]))`,
              "sent",
            ),
            query(
              promql`
                sum(rate(${series(alertmanagerNotificationsFailedTotal, { integration: "webhook" })}[${rateInterval}]))`,
              "failed",
            ),
          ],
          colours: { sent: "green", failed: "red" },
        },
      ],
    },
    {
      title: "Our own processes",
      panels: [
        {
          type: "timeseries",
          key: "overflows",
          title: "Counted as other",
          about:
            "A metric has more label values than the catalogue allows: its sums are right, its parts are not.",
          width: 24,
          metric: metricOverflowsTotal,
          unit: "ops",
          queries: [
            query(
              promql`sum by (metric) (rate(${series(metricOverflowsTotal)}[${rateInterval}]))`,
              label(metricOverflowsTotal, "metric"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "webhooks",
          title: "Webhooks at the pager",
          about: "Bodies received each second by what became of them. Only accepted is good.",
          width: 8,
          metric: pagerWebhooksTotal,
          unit: "ops",
          stacked: true,
          queries: [
            query(
              promql`sum by (inbox_result) (rate(${series(pagerWebhooksTotal)}[${rateInterval}]))`,
              label(pagerWebhooksTotal, "inbox_result"),
            ),
          ],
          colours: { accepted: "green", unauthorized: "orange", unreadable: "orange", failed: "red" },
        },
        {
          type: "timeseries",
          key: "processor",
          title: "Processor, by job",
          about: "Processors that each job keeps busy.",
          width: 8,
          metric: processCpuSecondsTotal,
          unit: "percentunit",
          queries: [
            query(
              promql`sum by (job) (rate(${series(processCpuSecondsTotal, chosen)}[${rateInterval}]))`,
              label(processCpuSecondsTotal, "job"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "memory",
          title: "Memory, by job",
          about: "Memory of each job's processes. A line that only climbs is a leak.",
          width: 8,
          metric: processResidentMemoryBytes,
          queries: [
            query(
              promql`sum by (job) (${series(processResidentMemoryBytes, chosen)})`,
              label(processResidentMemoryBytes, "job"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "log-lines",
          title: "Log lines that did not reach Loki",
          about:
            "Lines a second that were dropped, as Loki was away for longer than they could wait, or that it refused. Standard output has them all. Empty where no Loki is set up.",
          width: 12,
          metric: telemetryLogLinesTotal,
          unit: "ops",
          queries: [
            query(
              promql`sum by (job) (rate(${series(telemetryLogLinesTotal, { ...chosen, line_result: not("shipped") })}[${rateInterval}]))`,
              label(telemetryLogLinesTotal, "job"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "spans",
          title: "Spans, by what became of them",
          about:
            "Spans a second that were exported, were left out as dull, or were dropped as the collector was away or a trace had no end. Empty where no collector is set up.",
          width: 12,
          metric: telemetrySpansTotal,
          unit: "ops",
          queries: [
            query(
              promql`sum by (span_result) (rate(${series(telemetrySpansTotal, chosen)}[${rateInterval}]))`,
              label(telemetrySpansTotal, "span_result"),
            ),
          ],
        },
        {
          type: "table",
          key: "versions",
          title: "What runs",
          about: "Versions of our processes. Two versions of one job mean that a release is half done.",
          width: 12,
          metric: watchkeeperBuildInfo,
          labels: { job: "Job", version: "Version", node_version: "Node.js" },
          columns: [
            {
              title: "Processes",
              query: query(
                promql`count by (job, version, node_version) (${series(watchkeeperBuildInfo, chosen)})`,
              ),
              unit: "none",
            },
          ],
          sortBy: "Processes",
        },
        {
          type: "bargauge",
          key: "age",
          title: "Runs since",
          about:
            "Time since the newest process of each job started: a small number is a restart or a release.",
          width: 12,
          metric: processStartTimeSeconds,
          unit: "s",
          queries: [
            query(
              promql`time() - max by (job) (${series(processStartTimeSeconds, chosen)})`,
              label(processStartTimeSeconds, "job"),
            ),
          ],
          thresholds: neutral,
        },
      ],
    },
  ],
});
