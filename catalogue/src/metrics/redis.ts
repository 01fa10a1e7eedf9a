import { defineCounter, defineGauge } from "../metric.ts";

/** One server for all instances of the app: one collector asks it once. */
const emittedBy = ["collector"] as const;

export const redisServerClients = defineGauge({
  name: "redis_server_clients",
  help: "Clients that are connected to Redis",
  unit: "items",
  labels: [],
  emittedBy,
});

export const redisServerMemoryBytes = defineGauge({
  name: "redis_server_memory_bytes",
  help: "Memory that Redis uses for data",
  unit: "bytes",
  labels: [],
  emittedBy,
});

export const redisServerMemoryLimitBytes = defineGauge({
  name: "redis_server_memory_limit_bytes",
  help: "Memory at which Redis evicts or refuses, its machine's where none is set",
  unit: "bytes",
  labels: [],
  emittedBy,
});

export const redisServerEvictedKeysTotal = defineCounter({
  name: "redis_server_evicted_keys_total",
  help: "Keys that Redis threw away for want of memory",
  unit: "items",
  labels: [],
  emittedBy,
});

/** With `redis_server_command_seconds_total` the mean latency of each command, as the server sees it. */
export const redisServerCommandsTotal = defineCounter({
  name: "redis_server_commands_total",
  help: "Commands that Redis has run, by name",
  unit: "items",
  labels: ["redis_command"],
  emittedBy,
});

export const redisServerCommandSecondsTotal = defineCounter({
  name: "redis_server_command_seconds_total",
  help: "Time that Redis has spent on commands, by name",
  unit: "seconds",
  labels: ["redis_command"],
  emittedBy,
});

/** KEYS walks through everything while everybody waits. */
export const redisServerSlowKeysCommands = defineGauge({
  name: "redis_server_slow_keys_commands",
  help: "KEYS commands among the newest entries of the slow log",
  unit: "items",
  labels: [],
  emittedBy,
});
