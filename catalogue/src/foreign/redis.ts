import { foreign } from "../external.ts";

/** What the Redis exporter says of its server, as far as we read it. */

export const redisConnectedClients = foreign(
  "gauge",
  "redis_connected_clients",
  "items",
  "Connections of clients",
);
export const redisMemoryUsedBytes = foreign(
  "gauge",
  "redis_memory_used_bytes",
  "bytes",
  "Memory that Redis has allocated",
);
export const redisEvictedKeysTotal = foreign(
  "counter",
  "redis_evicted_keys_total",
  "items",
  "Keys that Redis dropped for want of memory",
);
export const redisCommandsTotal = foreign(
  "counter",
  "redis_commands_total",
  "items",
  "Commands that Redis has run, by command",
  ["cmd"],
);
export const redisCommandsDurationSecondsTotal = foreign(
  "counter",
  "redis_commands_duration_seconds_total",
  "seconds",
  "Time that Redis has spent on a command; while it runs one, all others wait",
  ["cmd"],
);
