import { redisServerSlowKeysCommands } from "@watchkeeper/catalogue/metrics/redis";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const slow = series(redisServerSlowKeysCommands);
const counted = series(redisServerSlowKeysCommands, { job: "collector", instance: "c" });

export const redisRunsKeys = defineAlert({
  name: "RedisRunsKeys",
  expr: promql`max(${slow}) > 0`,
  for: "2m",
  severity: "ticket",
  service: "redis",
  owner: "directory",
  summary: "Somebody walks through everything in Redis with KEYS.",
  description: "Redis' log of slow commands holds {{ $value }} KEYS.",
  runbook: {
    meaning:
      "KEYS is among the newest entries of the slow log. It reads every key, and everybody else waits until it has.",
    impact: "Each call stops all requests that need Redis, sessions among them, for as long as it takes.",
    firstQuery: promql`max(${slow})`,
    diagnosis: [
      "`SLOWLOG GET 128` in Redis says when, how long and from which address.",
      "An address of the app: some code looks for keys by a pattern.",
      "Any other: a person or a tool.",
    ],
    mitigation: [
      "Replace it by SCAN, or keep a set of the keys that are looked for. `SLOWLOG RESET` ends this alert at once.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "infrastructure",
  panel: "infrastructure/redis-slow-keys",
  logs: "redis",
  inhibitedBy: { never: "it is its own cause, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "KEYS was slow twice",
        input: [{ series: counted, values: "0x20 2x40" }],
        at: "10m",
        labels: {},
        description: "Redis' log of slow commands holds 2 KEYS.",
      },
    ],
    quiet: [
      { title: "nothing of the kind was slow", input: [{ series: counted, values: "0x60" }], at: "10m" },
    ],
  },
});
