import { defineCounter } from "../metric.ts";

export const httpProblemsTotal = defineCounter({
  name: "http_problems_total",
  help: "Requests that the directory's API answered with a problem, by its code",
  unit: "items",
  labels: ["problem"],
  emittedBy: ["app"],
});
