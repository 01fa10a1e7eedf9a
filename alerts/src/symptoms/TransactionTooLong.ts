import { pgStatActivityMaxTxDuration } from "@watchkeeper/catalogue/foreign/postgres";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const age = (state: string) =>
  series(pgStatActivityMaxTxDuration, { datname: "directory", server: "db", state });
const oldest = promql`max by (datname, state) (${series(pgStatActivityMaxTxDuration, { state: match("active|idle in transaction.*") })})`;
const forgotten = promql`max by (datname, state) (${series(pgStatActivityMaxTxDuration, { state: match("idle in transaction.*") })})`;

export const transactionTooLong = defineAlert({
  name: "TransactionTooLong",
  expr: promql`${forgotten} > 300 or ${oldest} > 1800`,
  for: "2m",
  severity: "ticket",
  service: "directory-postgres",
  owner: "directory",
  summary: "A transaction has been open for far too long.",
  description:
    "A transaction of {{ $labels.datname }} ({{ $labels.state }}) has been open for {{ $value | humanizeDuration }}.",
  runbook: {
    meaning:
      "A transaction does nothing and has been open for more than five minutes, or works for more than half an hour.",
    impact:
      "It keeps its locks, so that others may wait for it, and vacuum removes nothing that it could still see: tables grow.",
    firstQuery: promql`${oldest}`,
    diagnosis: [
      "`SELECT pid, state, query_start, query, pg_blocking_pids(pid) FROM pg_stat_activity ORDER BY xact_start` names it and who waits for it.",
      "`idle in transaction`: the program that opened it forgot to end it, or waits for something else.",
    ],
    mitigation: ["`SELECT pg_terminate_backend(<pid>)` ends it; what it had done is undone."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "infrastructure",
  panel: "infrastructure/postgres-transaction-age",
  logs: "directory-postgres",
  inhibitedBy: { never: "it is the cause of what else waits then" },
  tests: {
    fires: [
      {
        title: "it was forgotten",
        input: [
          { series: age("idle in transaction"), values: "0+15x60" },
          { series: age("active"), values: "2x60" },
        ],
        at: "8m",
        labels: { datname: "directory", state: "idle in transaction" },
        description: "A transaction of directory (idle in transaction) has been open for 8m 0s.",
      },
      {
        title: "it works without end",
        input: [{ series: age("active"), values: "0+15x160" }],
        at: "35m",
        labels: { datname: "directory", state: "active" },
        description: "A transaction of directory (active) has been open for 35m 0s.",
      },
    ],
    quiet: [
      { title: "it works for ten minutes", input: [{ series: age("active"), values: "0+15x60" }], at: "10m" },
      { title: "they are short", input: [{ series: age("idle in transaction"), values: "1x60" }], at: "10m" },
      {
        title: "a connection waits for work",
        input: [{ series: age("idle"), values: "0+15x160" }],
        at: "35m",
      },
    ],
  },
});
