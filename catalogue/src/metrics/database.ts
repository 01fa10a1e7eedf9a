import { defineCounter, defineGauge, defineHistogram } from "../metric.ts";

const emittedBy = ["app", "pager", "collector"] as const;

/** 0.1 s is the promise for the 95th percentile. */
export const databaseQueryDurationSeconds = defineHistogram({
  name: "database_query_duration_seconds",
  help: "Time a database query took, by the query's name",
  unit: "seconds",
  labels: ["query"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  emittedBy,
});

export const databaseConnectionsActive = defineGauge({
  name: "database_connections_active",
  help: "Connections of the pool that are in use",
  unit: "items",
  labels: [],
  emittedBy,
});

export const databaseConnectionsIdle = defineGauge({
  name: "database_connections_idle",
  help: "Connections of the pool that are open and unused",
  unit: "items",
  labels: [],
  emittedBy,
});

export const databaseConnectionsWaiting = defineGauge({
  name: "database_connections_waiting",
  help: "Callers that wait for a connection of the pool",
  unit: "items",
  labels: [],
  emittedBy,
});

export const databaseConnectionsMax = defineGauge({
  name: "database_connections_max",
  help: "Connections that the pool may open",
  unit: "items",
  labels: [],
  emittedBy,
});

export const databaseErrorsTotal = defineCounter({
  name: "database_errors_total",
  help: "Database queries that failed, by why",
  unit: "items",
  labels: ["error_class"],
  emittedBy,
});

/** Near zero while connections are free; what is above is waiting for one. */
export const databaseConnectionAcquireSeconds = defineHistogram({
  name: "database_connection_acquire_seconds",
  help: "Time until the pool lent a connection",
  unit: "seconds",
  labels: [],
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5],
  emittedBy,
});
