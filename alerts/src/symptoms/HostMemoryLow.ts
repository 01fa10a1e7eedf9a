import { nodeMemoryAvailableBytes, nodeMemoryTotalBytes } from "@watchkeeper/catalogue/foreign/node";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { noWayBack } from "../wording.ts";

const host = { job: "node-exporter", instance: "h" } as const;
const used = promql`1 - ${series(nodeMemoryAvailableBytes)} / ${series(nodeMemoryTotalBytes)}`;

export const hostMemoryLow = defineAlert({
  name: "HostMemoryLow",
  expr: promql`${used} > 0.9`,
  for: "10m",
  severity: "ticket",
  service: "node-exporter",
  owner: "platform",
  summary: "The host has hardly any memory left.",
  description:
    "{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is used (more than 90 %).",
  runbook: {
    meaning:
      "Programs could get less than a tenth of the host's memory, caches that can be dropped included.",
    impact: "Nobody yet. The kernel ends processes when it runs out.",
    firstQuery: promql`${used}`,
    diagnosis: [
      "`ps aux --sort=-rss | head` names the largest processes.",
      "All of ours together are as large as ever: something else runs on the host.",
    ],
    mitigation: ["End or move what does not belong there; restart a process of ours that has grown."],
    rollback: noWayBack,
  },
  board: "infrastructure",
  panel: "infrastructure/memory-history",
  logs: "node-exporter",
  inhibitedBy: { never: "it is the cause of what else goes wrong on the host then" },
  tests: {
    fires: [
      {
        title: "a twentieth is left",
        input: [
          { series: series(nodeMemoryAvailableBytes, host), values: "5x60" },
          { series: series(nodeMemoryTotalBytes, host), values: "100x60" },
        ],
        at: "12m",
        labels: host,
        description: "95% of the memory of h is used (more than 90 %).",
      },
    ],
    quiet: [
      {
        title: "half is left",
        input: [
          { series: series(nodeMemoryAvailableBytes, host), values: "50x60" },
          { series: series(nodeMemoryTotalBytes, host), values: "100x60" },
        ],
        at: "12m",
      },
    ],
  },
});
