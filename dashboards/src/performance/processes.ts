import {
  nodejsEventloopLagP99Seconds,
  nodejsGcDurationSeconds,
  nodejsHeapSizeLimitBytes,
  nodejsHeapSizeUsedBytes,
  processCpuLimitCores,
  processCpuSecondsTotal,
  processMemoryLimitBytes,
  processResidentMemoryBytes,
} from "@watchkeeper/catalogue/metrics/runtime";
import { promql, series, sum } from "@watchkeeper/catalogue/promql";
import type { Row } from "../board.ts";
import { label, query, rateInterval } from "../query.ts";
import { atMost } from "../thresholds.ts";
import type { Chosen } from "./chosen.ts";

/** Whether Node.js gets the time and the memory that it needs. */
export const processesRow = (process: Chosen): Row => ({
  title: "Processes",
  panels: [
    {
      type: "timeseries",
      key: "cpu",
      title: "Processor",
      about: "Processors that each instance keeps busy. Node.js runs our code on one: near 1 it is full.",
      width: 8,
      metric: processCpuSecondsTotal,
      unit: "percentunit",
      queries: [
        query(
          promql`rate(${series(processCpuSecondsTotal, process)}[${rateInterval}])`,
          label(processCpuSecondsTotal, "instance"),
        ),
      ],
      thresholds: atMost(0.8),
    },
    {
      type: "timeseries",
      key: "memory",
      title: "Memory",
      about: "Memory of the process, and the JavaScript heap in it beside the size at which it is ended.",
      width: 8,
      metric: processResidentMemoryBytes,
      queries: [
        query(promql`max(${series(processResidentMemoryBytes, process)})`, "process"),
        query(promql`max(${series(nodejsHeapSizeUsedBytes, process)})`, "heap in use"),
        query(promql`max(${series(nodejsHeapSizeLimitBytes, process)})`, "heap's limit"),
      ],
      colours: { "heap's limit": "orange" },
    },
    {
      type: "timeseries",
      key: "event-loop",
      title: "Delay of the event loop",
      about: "How late Node.js gets to the next piece of work. Above 100 ms every request feels it.",
      width: 8,
      metric: nodejsEventloopLagP99Seconds,
      queries: [
        query(
          promql`${series(nodejsEventloopLagP99Seconds, process)}`,
          label(nodejsEventloopLagP99Seconds, "instance"),
        ),
      ],
      thresholds: atMost(0.1),
    },
    {
      type: "timeseries",
      key: "limits",
      title: "In use of what the process may have",
      about:
        "Of its control group's limits. At the processor's it is made to wait, at the memory's it is killed.",
      width: 12,
      metric: processMemoryLimitBytes,
      unit: "percentunit",
      max: 1,
      queries: [
        query(
          promql`
            max(rate(${series(processCpuSecondsTotal, process)}[${rateInterval}])
              / ${series(processCpuLimitCores, process)})`,
          "processor",
        ),
        query(
          promql`
            max(${series(processResidentMemoryBytes, process)}
              / ${series(processMemoryLimitBytes, process)})`,
          "memory",
        ),
      ],
      thresholds: atMost(0.9),
    },
    {
      type: "timeseries",
      key: "garbage-collections",
      title: "Share of time spent on garbage",
      about:
        "While it is collected nobody is answered. Above 5 % the heap is too full or too much is thrown away.",
      width: 12,
      metric: nodejsGcDurationSeconds,
      unit: "percentunit",
      queries: [
        query(
          promql`sum by (gc_kind) (rate(${sum(nodejsGcDurationSeconds, process)}[${rateInterval}]))`,
          label(nodejsGcDurationSeconds, "gc_kind"),
        ),
      ],
      thresholds: atMost(0.05),
    },
  ],
});
