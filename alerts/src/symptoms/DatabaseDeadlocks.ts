import { pgStatDatabaseDeadlocks } from "@watchkeeper/catalogue/foreign/postgres";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const deadlocks = promql`sum by (datname) (increase(${series(pgStatDatabaseDeadlocks)}[15m]))`;
const counted = series(pgStatDatabaseDeadlocks, { datid: "1", datname: "directory", server: "db" });

export const databaseDeadlocks = defineAlert({
  name: "DatabaseDeadlocks",
  expr: promql`${deadlocks} > 3`,
  for: "5m",
  severity: "ticket",
  service: "directory-postgres",
  owner: "directory",
  summary: "Transactions wait for each other until the database ends one.",
  description:
    '{{ $labels.datname }} has ended {{ printf "%.0f" $value }} transactions within a quarter of an hour that waited for each other.',
  runbook: {
    meaning: "Two or more transactions each held what the other needed, again and again.",
    impact: "Each of them is a request that failed or was tried again, a second late.",
    firstQuery: promql`${deadlocks}`,
    diagnosis: [
      "The log of PostgreSQL has both queries of each deadlock.",
      "Bulk changes beside single ones that lock rows in another order are the common cause.",
    ],
    mitigation: ["Lock rows in one order everywhere, and try again what the database ended."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "infrastructure",
  panel: "infrastructure/postgres-transactions",
  logs: "directory-postgres",
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "one a minute",
        input: [{ series: counted, values: "0x20 0+0.25x100" }],
        at: "24m",
        labels: { datname: "directory" },
        description:
          "directory has ended 15 transactions within a quarter of an hour that waited for each other.",
      },
    ],
    quiet: [
      { title: "one in an hour", input: [{ series: counted, values: "0x20 1x100" }], at: "24m" },
      { title: "statistics were reset", input: [{ series: counted, values: "80x20 0x100" }], at: "24m" },
    ],
  },
});
