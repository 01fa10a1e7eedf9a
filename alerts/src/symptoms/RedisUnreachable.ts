import { up } from "@watchkeeper/catalogue/external";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { serviceDown } from "./ServiceDown.ts";

const redis = { job: "app", dependency: "redis" } as const;
const reachable = (instance: string) => series(appDependencyUp, { ...redis, instance });

/** What people feel of it pages: sign-ins that fail burn DirectoryLogin. This says why. */
export const redisUnreachable = defineAlert({
  name: "RedisUnreachable",
  expr: promql`max by (job) (${series(appDependencyUp, redis)}) == 0 and on (job) max by (job) (${series(up, { job: "app" })}) == 1`,
  for: "1m",
  severity: "ticket",
  service: "app",
  owner: "directory",
  summary: "The Company Directory cannot reach Redis.",
  description: "No instance of the Company Directory has had an answer from Redis for a minute.",
  runbook: {
    meaning: "Every running instance has asked its Redis for a trivial answer and got none in time.",
    impact:
      "Sessions live there: nobody can sign in, and who is signed in is asked to sign in again. Caches are gone too.",
    firstQuery: promql`${series(appDependencyUp, { job: "app" })}`,
    diagnosis: [
      "`npm run status` says whether `redis` runs; its log is `.watchkeeper/logs/redis.log`.",
      "It runs: the directory's log says what the connection fails with.",
    ],
    mitigation: ["The server is stopped: `npm start -- redis`."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
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
        title: "Redis is gone while the directory runs",
        input: [
          { series: series(up, { job: "app", instance: "a" }), values: "1x40" },
          { series: reachable("a"), values: "1x10 0x30" },
        ],
        at: "8m",
        labels: { job: "app" },
        description: "No instance of the Company Directory has had an answer from Redis for a minute.",
      },
    ],
    quiet: [
      {
        title: "it answers",
        input: [
          { series: series(up, { job: "app", instance: "a" }), values: "1x40" },
          { series: reachable("a"), values: "1x40" },
        ],
        at: "8m",
      },
      {
        title: "one of two instances has lost it",
        input: [
          { series: series(up, { job: "app", instance: "a" }), values: "1x40" },
          { series: reachable("a"), values: "0x40" },
          { series: reachable("b"), values: "1x40" },
        ],
        at: "8m",
      },
      {
        title: "the directory itself is down",
        input: [
          { series: series(up, { job: "app", instance: "a" }), values: "1x10 0x30" },
          { series: reachable("a"), values: "0x10 stale" },
        ],
        at: "8m",
      },
    ],
  },
});
