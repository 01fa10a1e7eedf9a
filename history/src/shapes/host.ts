import * as node from "@watchkeeper/catalogue/foreign/node";
import type { Place } from "../place.ts";
import { foreignGrowth, foreignLevel, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const JOB = "node-exporter";

/**
 * A host counts from its own start, long before ours: a counter of the past under the name of a real device would go on
 * with a leap. So the past has devices of its own.
 */
const DEVICE = "demo";

const busy = ({ requests, slowness, wobble }: Moment): number =>
  Math.min(0.75, (0.06 + requests * 0.035 * Math.sqrt(slowness)) * (1 + 0.2 * wobble("processor")));

const MODES: Readonly<Record<string, (busy: number) => number>> = {
  idle: (share) => 1 - share,
  user: (share) => share * 0.68,
  system: (share) => share * 0.24,
  iowait: (share) => share * 0.08,
};

/** What the host had to do. */
export function hostShapes({
  memoryBytes,
  diskBytes,
  diskAvailableBytes,
  processors,
}: Place): readonly Shape[] {
  const disk = { device: DEVICE, fstype: "ext4", mountpoint: "/" };
  return [
    ...Array.from({ length: processors }, (_, cpu) =>
      Object.entries(MODES).map(([mode, share]) =>
        foreignGrowth(node.nodeCpuSecondsTotal, JOB, { cpu: `${DEVICE}${cpu}`, mode }, (moment) =>
          share(busy(moment)),
        ),
      ),
    ).flat(),
    foreignLevel(node.nodeLoad1, JOB, {}, (moment) => busy(moment) * processors * 1.2),
    foreignLevel(node.nodeMemoryTotalBytes, JOB, {}, () => memoryBytes),
    foreignLevel(
      node.nodeMemoryAvailableBytes,
      JOB,
      {},
      ({ requests, wobble }) => memoryBytes * (0.62 - requests * 0.008 + 0.02 * wobble("memory", 7_200)),
    ),
    foreignLevel(node.nodeFilesystemSizeBytes, JOB, disk, () => diskBytes),
    // A little fuller each day, and never by as much as would make anybody expect a full disk.
    foreignLevel(node.nodeFilesystemAvailBytes, JOB, disk, ({ wobble }) =>
      Math.min(diskBytes, diskAvailableBytes * (1 + 0.004 * wobble("disk", 86_400))),
    ),
    foreignGrowth(
      node.nodeDiskReadBytesTotal,
      JOB,
      { device: DEVICE },
      ({ requests, slowness }) => 2_000 + requests * 900 * slowness ** 2,
    ),
    foreignGrowth(
      node.nodeDiskWrittenBytesTotal,
      JOB,
      { device: DEVICE },
      ({ requests }) => 30_000 + requests * 9_000,
    ),
    foreignGrowth(
      node.nodeNetworkReceiveBytesTotal,
      JOB,
      { device: DEVICE },
      ({ requests }) => 900 + requests * 1_300,
    ),
    foreignGrowth(
      node.nodeNetworkTransmitBytesTotal,
      JOB,
      { device: DEVICE },
      ({ requests }) => 1_100 + requests * 5_200,
    ),
  ];
}
