import { metricOverflowsTotal } from "@watchkeeper/catalogue/metrics/exporter";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const folded = promql`sum by (job, metric) (increase(${series(metricOverflowsTotal)}[1h]))`;
const of = (metric: string) => series(metricOverflowsTotal, { job: "app", instance: "a", metric });

export const labelsOverflow = defineAlert({
  name: "LabelsOverflow",
  expr: promql`${folded} > 0`,
  for: "15m",
  severity: "ticket",
  service: "app",
  owner: "platform",
  summary: "A metric has more label values than it has room for.",
  description:
    '{{ $labels.metric }} of {{ $labels.job }} has counted {{ printf "%.0f" $value }} events as other within an hour.',
  runbook: {
    meaning:
      "A label took more values than the catalogue allows for; what came after them is counted as `other`, or not told apart.",
    impact: "Boards and promises that tell these values apart are wrong in their parts; the sums are right.",
    firstQuery: promql`${folded}`,
    diagnosis: [
      "Ask for the values that the metric has: most often something that visitors choose has become a label.",
      "All of them are meant: the limit in the catalogue is too small.",
    ],
    mitigation: [
      "Give the label a closed set, or raise its limit where it is bounded by nature. The process forgets the values when it is restarted.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/overflows",
  logs: ofItsJob,
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "more values come all the time",
        input: [{ series: of("tenant_requests_total"), values: "0+1x400" }],
        at: "90m",
        labels: { job: "app", metric: "tenant_requests_total" },
        description: "tenant_requests_total of app has counted 240 events as other within an hour.",
      },
    ],
    quiet: [
      {
        title: "there is room",
        input: [{ series: of("tenant_requests_total"), values: "0x400" }],
        at: "90m",
      },
      {
        title: "it was more than an hour ago",
        input: [{ series: of("tenant_requests_total"), values: "0 1x400" }],
        at: "90m",
      },
    ],
  },
});
