import { redisUp } from "@watchkeeper/catalogue/external";
import * as redis from "@watchkeeper/catalogue/foreign/redis";
import {
  redisServerMemoryLimitBytes,
  redisServerSlowKeysCommands,
} from "@watchkeeper/catalogue/metrics/redis";
import type { Place } from "../place.ts";
import { foreignGrowth, foreignLevel, level, type Shape } from "../shape.ts";

/** Commands for each request of a visitor, and the seconds that Redis spends on one. */
const COMMANDS = [
  { cmd: "get", each: 1.8, takes: 3e-6 },
  { cmd: "set", each: 0.3, takes: 5e-6 },
  { cmd: "expire", each: 0.95, takes: 2e-6 },
  { cmd: "zadd", each: 0.95, takes: 4e-6 },
  { cmd: "incr", each: 0.03, takes: 3e-6 },
  { cmd: "del", each: 0.07, takes: 3e-6 },
] as const;

const JOB = "redis-exporter";

/** What was seen of Redis, whose memory has no limit but the machine's. */
export const redisShapes = ({ memoryBytes }: Place): readonly Shape[] => [
  foreignLevel(redisUp, JOB, {}, () => 1),
  foreignLevel(redis.redisConnectedClients, JOB, {}, ({ isUp }) => (isUp ? 3 : 2)),
  foreignLevel(
    redis.redisMemoryUsedBytes,
    JOB,
    {},
    ({ requests, wobble }) => 1.7e6 + requests * 0.9e6 * (1 + 0.1 * wobble("redis")),
  ),
  level(redisServerMemoryLimitBytes, "collector", {}, () => memoryBytes),
  level(redisServerSlowKeysCommands, "collector", {}, () => 0),
  foreignGrowth(redis.redisEvictedKeysTotal, JOB, {}, () => 0),
  ...COMMANDS.flatMap(({ cmd, each, takes }) => [
    foreignGrowth(redis.redisCommandsTotal, JOB, { cmd }, ({ requests }) => requests * each),
    foreignGrowth(
      redis.redisCommandsDurationSecondsTotal,
      JOB,
      { cmd },
      ({ requests }) => requests * each * takes,
    ),
  ]),
];
