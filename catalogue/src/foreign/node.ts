import { foreign } from "../external.ts";

/** What the node exporter says of the host, as far as we read it. */

export const nodeCpuSecondsTotal = foreign(
  "counter",
  "node_cpu_seconds_total",
  "seconds",
  "Time that each processor has spent in each mode",
  ["cpu", "mode"],
);
export const nodeLoad1 = foreign(
  "gauge",
  "node_load1",
  "items",
  "Processes that run or wait to, over a minute",
);
export const nodeMemoryTotalBytes = foreign(
  "gauge",
  "node_memory_MemTotal_bytes",
  "bytes",
  "Memory that the host has",
);
export const nodeMemoryAvailableBytes = foreign(
  "gauge",
  "node_memory_MemAvailable_bytes",
  "bytes",
  "Memory that new work can have without swapping",
);
export const nodeFilesystemSizeBytes = foreign(
  "gauge",
  "node_filesystem_size_bytes",
  "bytes",
  "Size of a file system",
  ["device", "fstype", "mountpoint"],
);
export const nodeFilesystemAvailBytes = foreign(
  "gauge",
  "node_filesystem_avail_bytes",
  "bytes",
  "Space of a file system that programs may still use",
  ["device", "fstype", "mountpoint"],
);
export const nodeDiskReadBytesTotal = foreign(
  "counter",
  "node_disk_read_bytes_total",
  "bytes",
  "Bytes read from a disk",
  ["device"],
);
export const nodeDiskWrittenBytesTotal = foreign(
  "counter",
  "node_disk_written_bytes_total",
  "bytes",
  "Bytes written to a disk",
  ["device"],
);
export const nodeNetworkReceiveBytesTotal = foreign(
  "counter",
  "node_network_receive_bytes_total",
  "bytes",
  "Bytes that a network device received",
  ["device"],
);
export const nodeNetworkTransmitBytesTotal = foreign(
  "counter",
  "node_network_transmit_bytes_total",
  "bytes",
  "Bytes that a network device sent",
  ["device"],
);
