import {
  nodejsEventloopLagP99Seconds,
  nodejsGcDurationSeconds,
  nodejsHeapSizeLimitBytes,
  nodejsHeapSizeTotalBytes,
  nodejsHeapSizeUsedBytes,
  processCpuLimitCores,
  processCpuSecondsTotal,
  processMemoryLimitBytes,
  processResidentMemoryBytes,
  processStartTimeSeconds,
  watchkeeperBuildInfo,
} from "@watchkeeper/catalogue/metrics/runtime";
import type { Place } from "../place.ts";
import { growth, type Job, level, type Shape, sumGrowth } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const OURS = ["app", "collector", "pager", "console"] as const;
/** Programs that tell the same of themselves as ours, and their memory. */
const SERVERS = {
  prometheus: 150e6,
  alertmanager: 36e6,
  "node-exporter": 21e6,
  "postgres-exporter": 17e6,
  "redis-exporter": 15e6,
  "blackbox-exporter": 16e6,
} as const satisfies Partial<Record<Job, number>>;

/** The directory works for its visitors; the others have little to do. */
const work = (job: Job, { requests, slowness }: Moment): number =>
  job === "app" ? 0.01 + requests * 0.025 * slowness : 0.012;

const ofProcess = (job: Job, memory: number): readonly Shape[] => [
  growth(processCpuSecondsTotal, job, {}, (moment) => work(job, moment)),
  level(processResidentMemoryBytes, job, {}, ({ requests, wobble }) =>
    Math.round(memory * (1 + 0.06 * wobble(job)) + (job === "app" ? requests * 2e6 : 0)),
  ),
  level(processStartTimeSeconds, job, {}, ({ startedAt, at }) =>
    job === "app" ? startedAt : at - (at % (40 * 86_400)),
  ),
];

const HEAP = 40e6;

/** The share of a second that garbage takes in the directory: at rest, and again for each request of a visitor. */
const GARBAGE = { minor: 0.000_8, major: 0.000_2, incremental: 0.000_05 } as const;

/** What our processes and the servers they run beside told of themselves. */
export const processShapes = ({ memoryBytes, processors }: Place): readonly Shape[] => [
  ...Object.entries(SERVERS).flatMap(([job, memory]) => ofProcess(job as Job, memory)),
  ...OURS.flatMap((job) => [
    ...ofProcess(job, job === "app" ? 150e6 : 95e6),
    level(nodejsHeapSizeTotalBytes, job, {}, () => HEAP),
    level(nodejsHeapSizeUsedBytes, job, {}, ({ wobble }) => HEAP * (0.7 + 0.15 * wobble(`${job} heap`, 600))),
    level(nodejsHeapSizeLimitBytes, job, {}, () => 274_726_912),
    level(
      nodejsEventloopLagP99Seconds,
      job,
      {},
      ({ slowness, wobble }) =>
        (job === "app" ? 0.012 * slowness : 0.005) * (1 + 0.3 * wobble(`${job} loop`, 900)),
    ),
    level(watchkeeperBuildInfo, job, { version: "0.1.0", node_version: process.versions.node }, () => 1),
  ]),
  level(processCpuLimitCores, "app", {}, () => processors),
  level(processMemoryLimitBytes, "app", {}, () => memoryBytes),
  ...(Object.keys(GARBAGE) as (keyof typeof GARBAGE)[]).map((gc_kind) =>
    sumGrowth(
      nodejsGcDurationSeconds,
      "app",
      { gc_kind },
      ({ requests, slowness }) => GARBAGE[gc_kind] * (1 + requests * slowness),
    ),
  ),
];
