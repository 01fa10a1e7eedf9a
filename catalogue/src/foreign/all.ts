import {
  alerts,
  type ForeignMetric,
  pgUp,
  probeSslEarliestCertExpiry,
  probeSuccess,
  redisUp,
  up,
} from "../external.ts";
import * as node from "./node.ts";
import * as postgres from "./postgres.ts";
import * as prometheus from "./prometheus.ts";
import * as redis from "./redis.ts";

/** Every series of others that rules and boards may select. */
export const foreignMetrics: readonly ForeignMetric[] = [
  ...[alerts, pgUp, probeSslEarliestCertExpiry, probeSuccess, redisUp, up],
  ...Object.values(node),
  ...Object.values(postgres),
  ...Object.values(prometheus),
  ...Object.values(redis),
];
