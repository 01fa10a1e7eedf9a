import { redisServerEvictedKeysTotal } from "@watchkeeper/catalogue/metrics/redis";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const evicted = promql`sum(increase(${series(redisServerEvictedKeysTotal)}[15m]))`;
const counted = series(redisServerEvictedKeysTotal, { job: "collector", instance: "c" });

export const redisEvictsKeys = defineAlert({
  name: "RedisEvictsKeys",
  expr: promql`${evicted} > 10`,
  for: "5m",
  severity: "ticket",
  service: "redis",
  owner: "directory",
  summary: "Redis throws keys away for want of memory.",
  description: 'Redis has thrown {{ printf "%.0f" $value }} keys away within a quarter of an hour.',
  runbook: {
    meaning: "Redis has reached its limit of memory and makes room by itself.",
    impact: "Whoever's session was thrown away must sign in again; caches answer less often.",
    firstQuery: promql`${evicted}`,
    diagnosis: [
      "The memory has grown with the sessions: it is traffic, or sessions that never expire.",
      "It has grown without them: some cache writes keys without an expiry.",
    ],
    mitigation: ["Raise `maxmemory`, or let what is kept expire sooner."],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "infrastructure",
  panel: "infrastructure/redis-evictions",
  logs: "redis",
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "keys go all the time",
        input: [{ series: counted, values: "0x20 0+2x100" }],
        at: "24m",
        labels: {},
        description: "Redis has thrown 120 keys away within a quarter of an hour.",
      },
    ],
    quiet: [
      { title: "a handful went once", input: [{ series: counted, values: "0x20 5x100" }], at: "24m" },
      { title: "it was started again", input: [{ series: counted, values: "500x20 0x100" }], at: "24m" },
    ],
  },
});
