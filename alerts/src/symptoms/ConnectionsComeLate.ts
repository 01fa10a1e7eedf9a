import { databaseConnectionAcquireSeconds } from "@watchkeeper/catalogue/metrics/database";
import { bucket, count, promql } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { connectionPoolExhausted } from "./ConnectionPoolExhausted.ts";
import { databaseUnreachable } from "./DatabaseUnreachable.ts";

const late = promql`1 - sum by (job) (rate(${bucket(databaseConnectionAcquireSeconds, 0.1)}[5m])) / sum by (job) (rate(${count(databaseConnectionAcquireSeconds)}[5m]))`;
const asked = promql`sum by (job) (rate(${count(databaseConnectionAcquireSeconds)}[5m]))`;
const of = { job: "app", instance: "a" } as const;
const soon = bucket(databaseConnectionAcquireSeconds, 0.1, of);
const all = count(databaseConnectionAcquireSeconds, of);

export const connectionsComeLate = defineAlert({
  name: "ConnectionsComeLate",
  expr: promql`${late} > 0.05 and ${asked} > 0.1`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "Requests wait for a connection to the database.",
  description:
    "{{ $value | humanizePercentage }} of those who ask for a connection in {{ $labels.job }} wait for more than 0.1 s (more than 5 %).",
  runbook: {
    meaning:
      "More than one in twenty has waited for more than a tenth of a second until the pool lent a connection, for five minutes.",
    impact: "Answers are late by that time. Where the pool stays full, requests fail.",
    firstQuery: promql`${late}`,
    diagnosis: [
      "All connections are in use: ConnectionPoolExhausted says so; the queries by name show which hold them.",
      "They are not: opening new ones takes long, so look at the server.",
    ],
    mitigation: [
      "Shorten what holds connections; a larger pool helps only while the server has connections left.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/connection-wait",
  logs: "app",
  inhibitedBy: {
    alerts: [databaseUnreachable, connectionPoolExhausted],
    same: ["job"],
    because: "both are why nobody lends a connection",
  },
  tests: {
    fires: [
      {
        title: "one in five waits",
        input: [
          { series: soon, values: "0+80x80" },
          { series: all, values: "0+100x80" },
        ],
        at: "15m",
        labels: { job: "app" },
        description: "20% of those who ask for a connection in app wait for more than 0.1 s (more than 5 %).",
      },
    ],
    quiet: [
      {
        title: "hardly any waits",
        input: [
          { series: soon, values: "0+99x80" },
          { series: all, values: "0+100x80" },
        ],
        at: "15m",
      },
      {
        title: "one of two waits at night",
        input: [
          { series: soon, values: "0 1x80" },
          { series: all, values: "0 2x80" },
        ],
        at: "15m",
      },
    ],
  },
});
