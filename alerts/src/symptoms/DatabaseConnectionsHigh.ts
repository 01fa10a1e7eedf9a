import { pgSettingsMaxConnections, pgStatActivityCount } from "@watchkeeper/catalogue/foreign/postgres";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const server = { job: "postgres-exporter", instance: "p" } as const;
const share = promql`sum by (job, instance) (${series(pgStatActivityCount)}) / max by (job, instance) (${series(pgSettingsMaxConnections)})`;

export const databaseConnectionsHigh = defineAlert({
  name: "DatabaseConnectionsHigh",
  expr: promql`${share} > 0.9`,
  for: "5m",
  severity: "ticket",
  service: "directory-postgres",
  owner: "directory",
  summary: "PostgreSQL has hardly any connection left to give.",
  description: "{{ $value | humanizePercentage }} of PostgreSQL's connections are in use (more than 90 %).",
  runbook: {
    meaning:
      "The server's connections, idle ones included, have been above 90 % of what it accepts for five minutes.",
    impact: "Nobody yet. Whoever asks for one too many is refused, backups and people on call included.",
    firstQuery: promql`sum by (datname, state) (${series(pgStatActivityCount)})`,
    diagnosis: [
      "Most are `idle in transaction`: something begins transactions and does not end them.",
      "Most are `idle`: there are more processes or larger pools than the server was sized for.",
    ],
    mitigation: [
      "Stop the process that holds most of them.",
      "Make the pools smaller, or raise `max_connections` and restart the server.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "infrastructure",
  panel: "infrastructure/postgres-connections",
  logs: "directory-postgres",
  inhibitedBy: { never: "the service whose pool took them is told of apart, as another service" },
  tests: {
    fires: [
      {
        title: "95 of 100",
        input: [
          {
            series: series(pgStatActivityCount, { ...server, datname: "directory", state: "idle" }),
            values: "60x40",
          },
          {
            series: series(pgStatActivityCount, { ...server, datname: "directory", state: "active" }),
            values: "35x40",
          },
          { series: series(pgSettingsMaxConnections, { ...server, server: "s" }), values: "100x40" },
        ],
        at: "8m",
        labels: server,
        description: "95% of PostgreSQL's connections are in use (more than 90 %).",
      },
    ],
    quiet: [
      {
        title: "10 of 100",
        input: [
          {
            series: series(pgStatActivityCount, { ...server, datname: "directory", state: "idle" }),
            values: "10x40",
          },
          { series: series(pgSettingsMaxConnections, { ...server, server: "s" }), values: "100x40" },
        ],
        at: "8m",
      },
    ],
  },
});
