import { up } from "@watchkeeper/catalogue/external";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { serviceDown } from "./ServiceDown.ts";

const postgres = { job: "app", dependency: "postgres" } as const;
const reachable = (instance: string) => series(appDependencyUp, { ...postgres, instance });
const running = (instance: string) => series(up, { job: "app", instance });
const description =
  "No instance of the Company Directory has had an answer from its PostgreSQL for a minute.";

/**
 * The directory says whether its database answers. A directory that runs and does not say so is as bad; one that
 * does not run is ServiceDown's affair, so a missing series alone is no reason to page twice.
 */
export const databaseUnreachable = defineAlert({
  name: "DatabaseUnreachable",
  expr: promql`
    max by (job) (${series(appDependencyUp, postgres)}) == 0
    or max by (job) (absent(${series(appDependencyUp, postgres)}))
    and on (job) max by (job) (${series(up, { job: "app" })}) == 1`,
  for: "1m",
  severity: "page",
  service: "app",
  owner: "directory",
  summary: "The Company Directory cannot reach its database.",
  description,
  runbook: {
    meaning:
      "Every running instance of the directory has asked its PostgreSQL for a trivial answer and got none in time, " +
      "for a minute; or none of them reports on its database any more.",
    impact: "Signing in, searching and saving fail. What is cached may still be shown.",
    firstQuery: promql`${series(appDependencyUp, { job: "app" })}`,
    diagnosis: [
      "`npm run status` says whether `directory-postgres` runs. Its log is " +
        "`.watchkeeper/logs/directory-postgres.log`.",
      "It runs: the directory's own log, `.watchkeeper/logs/app.log`, says what the connection fails with: " +
        "refused, too many connections, a password, a timeout.",
      "It runs and times out: look on the board for connections that wait and for queries that became slow.",
    ],
    mitigation: [
      "The server is stopped: `npm start -- directory-postgres`.",
      "Connections are exhausted: restart the directory, `npm run stop -- app`, then `npm start -- app`. " +
        "That closes all of its connections.",
    ],
    rollback:
      "If it began with a new version of the directory, check out the version before it and restart the directory. " +
      "Never undo a migration of the database by hand before you have a copy of the data.",
  },
  board: "overview",
  panel: "overview/dependencies",
  logs: "app",
  inhibitedBy: {
    alerts: [serviceDown],
    because: "a directory that is down reaches no store either, and one page is enough",
  },
  tests: {
    fires: [
      {
        title: "the database is gone while the directory runs",
        input: [
          { series: running("a"), values: "1x40" },
          { series: reachable("a"), values: "1x10 0x30" },
        ],
        at: "8m",
        labels: { job: "app" },
        description,
      },
      {
        title: "no instance reaches the database",
        input: [
          { series: running("a"), values: "1x40" },
          { series: running("b"), values: "1x40" },
          { series: reachable("a"), values: "0x40" },
          { series: reachable("b"), values: "0x40" },
        ],
        at: "5m",
        labels: { job: "app" },
        description,
      },
      {
        title: "the directory runs and no longer says whether it reaches its database",
        input: [{ series: running("a"), values: "1x40" }],
        at: "5m",
        labels: { job: "app" },
        description,
      },
    ],
    quiet: [
      {
        title: "the database answers and its connections idle",
        input: [
          { series: running("a"), values: "1x40" },
          { series: reachable("a"), values: "1x40" },
        ],
        at: "8m",
      },
      {
        title: "the directory is down, which is told once, by ServiceDown",
        input: [
          { series: running("a"), values: "1x10 0x30" },
          { series: reachable("a"), values: "1x10 stale" },
        ],
        at: "8m",
      },
      { title: "the directory's target vanished", input: [], at: "8m" },
      {
        title: "one of two instances has lost it",
        input: [
          { series: running("a"), values: "1x40" },
          { series: running("b"), values: "1x40" },
          { series: reachable("a"), values: "0x40" },
          { series: reachable("b"), values: "1x40" },
        ],
        at: "8m",
      },
    ],
  },
});
