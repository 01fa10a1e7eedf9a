import { nodeFilesystemAvailBytes, nodeFilesystemSizeBytes } from "@watchkeeper/catalogue/foreign/node";
import { notMatch, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { noWayBack } from "../wording.ts";

const REAL = { fstype: notMatch("tmpfs|overlay|squashfs|ramfs") } as const;
const disk = { job: "node-exporter", instance: "h", device: "d", fstype: "ext4", mountpoint: "/" } as const;
const left = promql`${series(nodeFilesystemAvailBytes, REAL)} / ${series(nodeFilesystemSizeBytes, REAL)}`;

/** Nearly full, or full within four hours at its pace and already more than 60 % used: a log that is rotated fills nothing. */
export const diskFillsUp = defineAlert({
  name: "DiskFillsUp",
  expr: promql`${left} < 0.1 or (${left} < 0.4 and predict_linear(${series(nodeFilesystemAvailBytes, REAL)}[6h], 14400) < 0)`,
  for: "15m",
  severity: "ticket",
  service: "node-exporter",
  owner: "platform",
  summary: "A disk is full soon.",
  description:
    "{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} on {{ $labels.instance }} is left.",
  runbook: {
    meaning:
      "A file system is more than 90 % full, or will be full within four hours if it goes on like this.",
    impact: "Nobody yet. A full disk stops PostgreSQL, Prometheus and every log.",
    firstQuery: promql`${left}`,
    diagnosis: [
      "`du -xh --max-depth=2 <mountpoint> | sort -h | tail` names what is large.",
      "It grows steadily: something writes that is never deleted.",
    ],
    mitigation: ["Delete what nobody needs, or make the disk larger."],
    rollback: noWayBack,
  },
  board: "infrastructure",
  panel: "infrastructure/disks",
  logs: "node-exporter",
  inhibitedBy: { never: "nothing that follows from a full disk says so" },
  tests: {
    fires: [
      {
        title: "a twentieth is left",
        input: [
          { series: series(nodeFilesystemAvailBytes, disk), values: "5x100" },
          { series: series(nodeFilesystemSizeBytes, disk), values: "100x100" },
        ],
        at: "20m",
        labels: disk,
        description: "5% of / on h is left.",
      },
      {
        title: "a third is left and it goes fast",
        input: [
          { series: series(nodeFilesystemAvailBytes, disk), values: "400-1x200" },
          { series: series(nodeFilesystemSizeBytes, disk), values: "1000x200" },
        ],
        at: "45m",
        labels: disk,
        description: "22% of / on h is left.",
      },
    ],
    quiet: [
      {
        title: "half is left",
        input: [
          { series: series(nodeFilesystemAvailBytes, disk), values: "50x100" },
          { series: series(nodeFilesystemSizeBytes, disk), values: "100x100" },
        ],
        at: "20m",
      },
      {
        title: "a disk in memory",
        input: [
          { series: series(nodeFilesystemAvailBytes, { ...disk, fstype: "tmpfs" }), values: "1x100" },
          { series: series(nodeFilesystemSizeBytes, { ...disk, fstype: "tmpfs" }), values: "100x100" },
        ],
        at: "20m",
      },
    ],
  },
});
