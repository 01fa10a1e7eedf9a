import { defineCounter, defineGauge } from "../metric.ts";

export const authLoginAttemptsTotal = defineCounter({
  name: "auth_login_attempts_total",
  help: "Login attempts by how they ended",
  unit: "items",
  labels: ["login_result"],
  emittedBy: ["app"],
});

/** Sessions live in Redis and belong to no instance of the app: one collector counts them once. */
export const authActiveSessions = defineGauge({
  name: "auth_active_sessions",
  help: "Sessions in Redis that have not expired",
  unit: "items",
  labels: [],
  emittedBy: ["collector"],
});
