import type { Place } from "../place.ts";
import type { Shape } from "../shape.ts";
import { businessShapes } from "./business.ts";
import { databaseShapes } from "./database.ts";
import { directoryShapes } from "./directory.ts";
import { hostShapes } from "./host.ts";
import { monitoringShapes } from "./monitoring.ts";
import { pagerShapes } from "./pager.ts";
import { processShapes } from "./processes.ts";
import { redisShapes } from "./redis.ts";
import { telemetryShapes } from "./telemetry.ts";
import { tenantShapes } from "./tenants.ts";

/** Everything that has a past. */
export const shapesAt = (place: Place): readonly Shape[] => [
  ...directoryShapes,
  ...tenantShapes,
  ...businessShapes,
  ...databaseShapes,
  ...redisShapes,
  ...hostShapes(place),
  ...processShapes,
  ...telemetryShapes,
  ...pagerShapes,
  ...monitoringShapes(place),
];
