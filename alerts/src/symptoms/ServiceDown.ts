import { up } from "@watchkeeper/catalogue/external";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const app = series(up, { job: "app" });
const blue = series(up, { job: "app", instance: "blue" });
const green = series(up, { job: "app", instance: "green" });
const description = "No instance of the Company Directory has answered Prometheus for a minute.";

/** A blue instance that is retired while green serves is no outage, and a target that vanished is one. */
export const serviceDown = defineAlert({
  name: "ServiceDown",
  expr: promql`
    (count by (job) (${app} == 1) or 0 * count by (job) (${app})) == 0
    or absent(${app})`,
  for: "1m",
  severity: "page",
  service: "app",
  owner: "directory",
  summary: "The Company Directory is down.",
  description,
  runbook: {
    meaning:
      "Prometheus reaches none of the Company Directory's instances: all have failed their scrapes for a minute, " +
      "or no instance is known any more.",
    impact: "Nobody can sign in, search or see a profile. Every customer of every tenant is affected.",
    firstQuery: promql`${app}`,
    diagnosis: [
      "`npm run status` says which processes run. Only the directory is stopped: read its log, " +
        "`.watchkeeper/logs/app.log`, from the end. Its last line before the stop names the reason.",
      "Everything is stopped: the machine or the supervisor died, not the directory.",
      "The directory runs and its page answers, yet `up` is 0: open the target's error on Prometheus' " +
        "targets page; the way between Prometheus and the directory is what broke.",
      "The series is missing: the job `app` is gone from Prometheus' configuration.",
    ],
    mitigation: [
      "Start it again: `npm start -- app`.",
      "It stops again at once: its log names the setting, the port or the database that it lacks. Mend that first.",
    ],
    rollback:
      "If the outage began with a new version, check out the version before it and run `npm start -- app` again.",
  },
  board: "overview",
  panel: "watchkeeper/up",
  logs: "app",
  inhibitedBy: { never: "nothing is worse" },
  tests: {
    fires: [
      {
        title: "every instance is down",
        input: [
          { series: blue, values: "1x10 0x30" },
          { series: green, values: "1x10 0x30" },
        ],
        at: "5m",
        labels: { job: "app" },
        description,
      },
      {
        title: "the target vanished and only others are scraped",
        input: [{ series: series(up, { job: "console", instance: "a" }), values: "1x30" }],
        at: "2m",
        labels: { job: "app" },
        description,
      },
    ],
    quiet: [
      {
        title: "one of two instances is retired",
        input: [
          { series: blue, values: "1x10 0x50" },
          { series: green, values: "1x60" },
        ],
        at: "15m",
      },
      {
        title: "an instance misses three scrapes and comes back",
        input: [{ series: blue, values: "1x10 0x2 1x30" }],
        at: "4m",
      },
      {
        title: "it is only down for half a minute so far",
        input: [{ series: blue, values: "1x10 0x5" }],
        at: "3m",
      },
    ],
  },
});
