import { up } from "@watchkeeper/catalogue/external";
import { notMatch, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert, ofItsJob } from "../alert.ts";

const target = { job: "redis-exporter", instance: "r" } as const;
const others = series(up, { job: notMatch("app|probe") });

/** The directory has ServiceDown and probes a promise; everything else that is not seen leaves somebody blind. */
export const targetDown = defineAlert({
  name: "TargetDown",
  expr: promql`${others} == 0`,
  for: "5m",
  severity: "ticket",
  service: "prometheus",
  owner: "platform",
  summary: "Prometheus cannot see a part of the suite.",
  description: "{{ $labels.job }} ({{ $labels.instance }}) has not answered Prometheus for five minutes.",
  runbook: {
    meaning: "A process or an exporter of the suite fails its scrapes.",
    impact: "Whoever relies on its figures is blind: boards stay empty and alerts that need them stay quiet.",
    firstQuery: promql`${series(up)} == 0`,
    diagnosis: [
      "`npm run status` says whether it runs; its log lies in `.watchkeeper/logs/`.",
      "It runs: Prometheus' page of targets shows the error of the scrape.",
    ],
    mitigation: ["Start it again: `npm start -- <name>`."],
    rollback:
      "If it began with a change of the configuration, check out the one before it and run `npm start` again.",
  },
  board: "watchkeeper",
  panel: "watchkeeper/targets",
  logs: ofItsJob,
  inhibitedBy: { never: "each target that is gone is a blind spot of its own" },
  tests: {
    fires: [
      {
        title: "the exporter of Redis is gone",
        input: [{ series: series(up, target), values: "1x10 0x40" }],
        at: "10m",
        labels: target,
        description: "redis-exporter (r) has not answered Prometheus for five minutes.",
      },
    ],
    quiet: [
      {
        title: "it misses three scrapes",
        input: [{ series: series(up, target), values: "1x10 0x2 1x40" }],
        at: "10m",
      },
      {
        title: "the directory is down, which ServiceDown tells",
        input: [{ series: series(up, { job: "app", instance: "a" }), values: "0x50" }],
        at: "10m",
      },
    ],
  },
});
