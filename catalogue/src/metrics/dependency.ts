import { defineGauge } from "../metric.ts";

export const appDependencyUp = defineGauge({
  name: "app_dependency_up",
  help: "1 while a real request to the dependency succeeds in time, 0 otherwise",
  unit: "items",
  labels: ["dependency"],
  emittedBy: ["app"],
});
