import { defineCounter } from "../metric.ts";

export const logMessagesTotal = defineCounter({
  name: "log_messages_total",
  help: "Messages that were written to the log, by severity",
  unit: "items",
  labels: ["level"],
  emittedBy: ["app"],
});
