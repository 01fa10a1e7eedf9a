import {
  databaseConnectionsActive,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
} from "@watchkeeper/catalogue/metrics/database";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { databaseUnreachable } from "./DatabaseUnreachable.ts";

const of = { job: "app", instance: "a" } as const;
const share = promql`${series(databaseConnectionsActive)} / ${series(databaseConnectionsMax)}`;

/** An idle pool and a hung one look alike in the number of open connections; those in use tell them apart. */
export const connectionPoolExhausted = defineAlert({
  name: "ConnectionPoolExhausted",
  expr: promql`${share} > 0.95`,
  for: "5m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "A service uses all of its database connections.",
  description:
    "{{ $labels.job }} ({{ $labels.instance }}) uses {{ $value | humanizePercentage }} of its pool (more than 95 %).",
  runbook: {
    meaning: "For five minutes nearly every connection of a process' pool has been in use.",
    impact: "Requests wait for a connection, and fail when they wait too long.",
    firstQuery: promql`${series(databaseConnectionsWaiting)}`,
    diagnosis: [
      "DirectoryQueries burns as well: queries became slow and hold their connections for longer.",
      "Queries are as fast as ever: there is more traffic, or something keeps connections and never gives them back.",
    ],
    mitigation: [
      "Restart the process: that gives all of its connections back.",
      "PostgreSQL accepts more: raise the pool's size.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "performance",
  panel: "performance/pool",
  logs: "app",
  inhibitedBy: {
    alerts: [databaseUnreachable],
    same: ["job"],
    because: "who waits for a database that is away keeps the connection",
  },
  tests: {
    fires: [
      {
        title: "all of twenty are in use",
        input: [
          { series: series(databaseConnectionsActive, of), values: "20x40" },
          { series: series(databaseConnectionsMax, of), values: "20x40" },
        ],
        at: "8m",
        labels: of,
        description: "app (a) uses 100% of its pool (more than 95 %).",
      },
    ],
    quiet: [
      {
        title: "an idle pool",
        input: [
          { series: series(databaseConnectionsActive, of), values: "0x40" },
          { series: series(databaseConnectionsMax, of), values: "20x40" },
        ],
        at: "8m",
      },
      {
        title: "full for a minute",
        input: [
          { series: series(databaseConnectionsActive, of), values: "1x10 20x4 1x40" },
          { series: series(databaseConnectionsMax, of), values: "20x60" },
        ],
        at: "8m",
      },
    ],
  },
});
