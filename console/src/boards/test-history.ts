import { join } from "node:path";
import { createPast } from "@watchkeeper/history/past";
import { thisMachine } from "@watchkeeper/history/place";
import type { Density } from "@watchkeeper/history/world/grid";
import { createWorld } from "@watchkeeper/history/world/world";
import { writePast } from "@watchkeeper/history/write-past";

const HOUR = 3_600;

/** What charts of the last hours need. */
export const TWO_HOURS: readonly Density[] = [{ back: 2 * HOUR, step: 15 }];

/** What charts of a day and of 30 days need, and no more: it is written within seconds. */
export const THIRTY_DAYS: readonly Density[] = [
  { back: 30 * 24 * HOUR, step: 1_800 },
  { back: 26 * HOUR, step: 60 },
  { back: HOUR, step: 15 },
];

/** So that "now" still has samples while tests run, in seconds. */
const AFTER = 15 * 60;

/**
 * Writes the demo's past into the folder of a Prometheus that does not run yet.
 * @param now Unix seconds; the past goes on for a while beyond
 */
export async function writeHistory(
  promtool: string,
  folder: string,
  now: number,
  densities: readonly Density[],
): Promise<void> {
  const end = Math.ceil((now + AFTER) / 60) * 60;
  const world = createWorld({ seed: 1, end, densities });
  const target = { promtool: { path: promtool }, into: folder, workFolder: join(folder, "..", "history") };
  await writePast(createPast(world, thisMachine(4_700, "/etc/prometheus/rules")), target);
}
