import { alerts } from "@watchkeeper/catalogue/external";
import {
  pagerAcknowledgeSeconds,
  pagerAlertIncidents,
  pagerDeliveriesPending,
  pagerDeliveryAttemptsTotal,
  pagerDeliveryLatencySeconds,
  pagerIncidentsOpen,
  pagerIncidentsOpenedTotal,
  pagerNoiseRatio,
  pagerResolveSeconds,
  pagerShiftPages,
  pagerWatchdogLastSeenTimestampSeconds,
} from "@watchkeeper/catalogue/metrics/pager";
import { buckets, count, match, not, promql, series, sum } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { label, query, rateInterval, wholeRange } from "../query.ts";
import { atMost, rising } from "../thresholds.ts";

const firing = series(alerts, { alertstate: "firing", severity: not("info") });

const latency = (share: number) => promql`
  histogram_quantile(${share}, sum by (channel, le) (increase(${buckets(pagerDeliveryLatencySeconds)}[1h]))) >= 0`;

/** The mean of what people took within the chosen time. */
const meanOf = (took: typeof pagerAcknowledgeSeconds | typeof pagerResolveSeconds) => promql`
  sum(increase(${sum(took)}[${wholeRange}])) / (sum(increase(${count(took)}[${wholeRange}])) > 0)`;

export const onCall = defineBoard({
  uid: "on-call",
  title: "On call",
  about: "What asks something of the person on call, and does every message reach them?",
  tags: ["pager"],
  span: "24h",
  links: ["overview", "slo", "watchkeeper"],
  rows: [
    {
      title: "Now",
      panels: [
        {
          type: "stat",
          key: "pages",
          title: "Open pages",
          about: "Incidents that somebody was woken for and that are not resolved.",
          width: 4,
          metric: pagerIncidentsOpen,
          decimals: 0,
          queries: [query(promql`sum(${series(pagerIncidentsOpen, { severity: "page" })})`)],
          thresholds: atMost(1),
        },
        {
          type: "stat",
          key: "tickets",
          title: "Open tickets",
          about: "Incidents that wait for working hours.",
          width: 4,
          metric: pagerIncidentsOpen,
          decimals: 0,
          queries: [query(promql`sum(${series(pagerIncidentsOpen, { severity: "ticket" })})`)],
          thresholds: rising(1, 10),
        },
        {
          type: "stat",
          key: "pending",
          title: "Messages that wait",
          about: "Messages that no channel has delivered yet.",
          width: 4,
          metric: pagerDeliveriesPending,
          decimals: 0,
          queries: [query(promql`sum(${series(pagerDeliveriesPending)})`)],
          thresholds: rising(1, 10),
        },
        {
          type: "stat",
          key: "dead",
          title: "Given up in 24 hours",
          about: "Messages that could not be delivered and are tried no more. One is too many.",
          width: 4,
          metric: pagerDeliveryAttemptsTotal,
          unit: "none",
          decimals: 0,
          queries: [
            query(promql`
              round(sum(increase(${series(pagerDeliveryAttemptsTotal, { delivery_result: "dead" })}[24h])))`),
          ],
          thresholds: atMost(1),
          sparkline: false,
        },
        {
          type: "stat",
          key: "watchdog",
          title: "Last sign of life",
          about:
            "Time since the Watchdog alert last arrived. It comes every minute: after five no alert gets through.",
          width: 8,
          metric: pagerWatchdogLastSeenTimestampSeconds,
          unit: "s",
          queries: [query(promql`time() - max(${series(pagerWatchdogLastSeenTimestampSeconds)})`)],
          sparkline: false,
          thresholds: rising(120, 300),
          runbooks: ["Watchdog"],
        },
        {
          type: "table",
          key: "firing",
          title: "Alerts that fire",
          about: "What Prometheus holds to be wrong right now.",
          width: 24,
          short: true,
          metric: alerts,
          labels: { alertname: "Alert", severity: "Severity", service: "Service", owner: "Owner" },
          columns: [
            {
              title: "Series",
              query: query(promql`count by (alertname, severity, service, owner) (${firing})`),
              unit: "none",
            },
          ],
          sortBy: "Series",
          nothing: "nothing fires",
          runbooks: ["ServiceDown", "HighErrorRate", "DatabaseUnreachable"],
        },
      ],
    },
    {
      title: "How it goes for people",
      panels: [
        {
          type: "stat",
          key: "mtta",
          title: "Acknowledged after (MTTA)",
          about: "How long an incident waited until somebody took it, on average over the chosen time.",
          width: 6,
          metric: pagerAcknowledgeSeconds,
          queries: [query(meanOf(pagerAcknowledgeSeconds))],
          thresholds: rising(300, 900),
          sparkline: false,
          nothing: "nobody was asked",
        },
        {
          type: "stat",
          key: "mttr",
          title: "Resolved after (MTTR)",
          about: "How long an incident lasted, on average over the chosen time.",
          width: 6,
          metric: pagerResolveSeconds,
          queries: [query(meanOf(pagerResolveSeconds))],
          thresholds: rising(3_600, 14_400),
          sparkline: false,
          nothing: "nothing was resolved",
        },
        {
          type: "stat",
          key: "shift-pages",
          title: "Pages in a shift",
          about: "A person who is paged more often than twice in twelve hours cannot mend what paged them.",
          width: 6,
          metric: pagerShiftPages,
          decimals: 0,
          queries: [query(promql`max(${series(pagerShiftPages)})`)],
          thresholds: rising(2, 3),
        },
        {
          type: "stat",
          key: "noise-ratio",
          title: "Noise",
          about: "Incidents that were not worth telling anybody. Judge them, or this says nothing.",
          width: 6,
          metric: pagerNoiseRatio,
          queries: [query(promql`max(${series(pagerNoiseRatio)})`)],
          thresholds: rising(0.25, 0.5),
          nothing: "nobody has judged",
        },
        {
          type: "timeseries",
          key: "opened",
          title: "New incidents each hour",
          about: "New incidents, by how bad they were. P0 and P1 page.",
          width: 12,
          metric: pagerIncidentsOpenedTotal,
          decimals: 0,
          bars: true,
          stacked: true,
          queries: [
            query(
              promql`round(sum by (priority) (increase(${series(pagerIncidentsOpenedTotal)}[1h])))`,
              label(pagerIncidentsOpenedTotal, "priority"),
              { step: "1h" },
            ),
          ],
          colours: { P0: "red", P1: "orange", P2: "yellow", P3: "blue" },
        },
        {
          type: "table",
          key: "verdicts",
          title: "Worth it?",
          about: "Incidents of the last 30 days by alert, and how many of them were noise.",
          width: 12,
          metric: pagerAlertIncidents,
          labels: { alert: "Alert" },
          columns: [
            {
              title: "Incidents",
              query: query(promql`sum by (alert) (${series(pagerAlertIncidents)})`),
              unit: "none",
              decimals: 0,
            },
            {
              title: "Noise",
              query: query(promql`
                sum by (alert) (${series(pagerAlertIncidents, { verdict: "noise" })})
                or 0 * sum by (alert) (${series(pagerAlertIncidents)})`),
              unit: "none",
              decimals: 0,
              thresholds: rising(1, 5),
            },
          ],
          sortBy: "Incidents",
          nothing: "no incident",
        },
      ],
    },
    {
      title: "Incidents and alerts",
      panels: [
        {
          type: "timeseries",
          key: "incidents",
          title: "Open incidents",
          about: "Incidents that are not resolved, by what they ask of a person.",
          width: 12,
          metric: pagerIncidentsOpen,
          decimals: 0,
          stacked: true,
          queries: [
            query(
              promql`sum by (severity) (${series(pagerIncidentsOpen)})`,
              label(pagerIncidentsOpen, "severity"),
            ),
          ],
          colours: { page: "red", ticket: "orange", info: "blue" },
        },
        {
          type: "table",
          key: "noise",
          title: "Who made the noise",
          about:
            "How long each alert fired in the chosen time. What fires for hours and moves nobody is to be mended.",
          width: 12,
          metric: alerts,
          labels: { alertname: "Alert", severity: "Severity" },
          columns: [
            {
              title: "Fired for",
              query: query(promql`
                60 * sum by (alertname, severity) (count_over_time(${firing}[${wholeRange}:1m]))`),
              unit: "s",
            },
          ],
          sortBy: "Fired for",
          nothing: "nothing fired",
        },
      ],
    },
    {
      title: "Messages to people",
      panels: [
        {
          type: "timeseries",
          key: "attempts",
          title: "Attempts each hour",
          about: "Attempts to deliver by how they ended. Retries mean that a provider is slow or away.",
          width: 12,
          metric: pagerDeliveryAttemptsTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          stacked: true,
          queries: [
            query(
              promql`round(sum by (delivery_result) (increase(${series(pagerDeliveryAttemptsTotal)}[1h])))`,
              label(pagerDeliveryAttemptsTotal, "delivery_result"),
              { step: "1h" },
            ),
          ],
          colours: { sent: "green", retry: "yellow", ambiguous: "orange", superseded: "blue", dead: "red" },
        },
        {
          type: "timeseries",
          key: "latency",
          title: "From alert to provider",
          about:
            "95 % of the messages of an hour were accepted within this time. After 20 s the next channel takes over.",
          width: 12,
          metric: pagerDeliveryLatencySeconds,
          queries: [query(latency(0.95), label(pagerDeliveryLatencySeconds, "channel"))],
          thresholds: atMost(20),
          legend: "table",
        },
        {
          type: "timeseries",
          key: "trouble",
          title: "Trouble by channel",
          about: "Attempts that did not end with the message sent, each second.",
          width: 12,
          metric: pagerDeliveryAttemptsTotal,
          unit: "ops",
          queries: [
            query(
              promql`
                sum by (channel) (rate(${series(pagerDeliveryAttemptsTotal, { delivery_result: match("retry|ambiguous|dead") })}[${rateInterval}]))`,
              label(pagerDeliveryAttemptsTotal, "channel"),
            ),
          ],
        },
        {
          type: "timeseries",
          key: "queue",
          title: "Messages that wait",
          about: "Messages that no channel has delivered yet, by channel.",
          width: 12,
          metric: pagerDeliveriesPending,
          decimals: 0,
          queries: [
            query(
              promql`sum by (channel) (${series(pagerDeliveriesPending)})`,
              label(pagerDeliveriesPending, "channel"),
            ),
          ],
        },
      ],
    },
  ],
});
