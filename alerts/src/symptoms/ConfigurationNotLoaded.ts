import { prometheusConfigLastReloadSuccessful } from "@watchkeeper/catalogue/foreign/prometheus";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const self = { job: "prometheus", instance: "p" } as const;
const loaded = series(prometheusConfigLastReloadSuccessful);

export const configurationNotLoaded = defineAlert({
  name: "ConfigurationNotLoaded",
  expr: promql`${loaded} == 0`,
  for: "5m",
  severity: "ticket",
  service: "prometheus",
  owner: "platform",
  summary: "Prometheus could not read its configuration and goes on with the old one.",
  description: "{{ $labels.instance }} has refused its configuration for five minutes.",
  runbook: {
    meaning: "The last reload failed: what was changed since is not in force.",
    impact: "New targets and alerts do not exist yet. At the next start Prometheus would not come up.",
    firstQuery: promql`${loaded}`,
    diagnosis: [
      "`promtool check config` on the file names the line.",
      "Prometheus' log, `.watchkeeper/logs/prometheus.log`, has the same message.",
    ],
    mitigation: ["Mend the file and reload."],
    rollback:
      "If it began with a change of the configuration, check out the one before it and run `npm start` again.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/configuration",
  logs: "prometheus",
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "a reload failed",
        input: [{ series: series(prometheusConfigLastReloadSuccessful, self), values: "1x10 0x40" }],
        at: "10m",
        labels: self,
        description: "p has refused its configuration for five minutes.",
      },
    ],
    quiet: [
      {
        title: "all is well",
        input: [{ series: series(prometheusConfigLastReloadSuccessful, self), values: "1x40" }],
        at: "10m",
      },
      {
        title: "it was mended at once",
        input: [{ series: series(prometheusConfigLastReloadSuccessful, self), values: "1x10 0x4 1x40" }],
        at: "10m",
      },
    ],
  },
});
