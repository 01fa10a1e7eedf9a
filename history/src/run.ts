import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";
import { createPast } from "./past.ts";
import { thisMachine } from "./place.ts";
import { DENSITIES } from "./world/grid.ts";
import { createWorld } from "./world/world.ts";
import { writePast } from "./write-past.ts";

const schema = z.object({
  /** The folder of Prometheus' data. */
  into: z.string().min(1),
  workDir: z.string().min(1),
  promtool: z.string().min(1),
  /** Where promtool finds libraries that came with it. */
  libraryPath: z.string().optional(),
  portBase: z.coerce.number().int().min(1).max(65_535),
  rulesDir: z.string().min(1),
  seed: z.coerce.number().int().min(0).default(1),
});

const MINUTE = 60;

/**
 * Writes 30 days that end now, and says after each block how far it is: `3/29`, and `ready 15/29` as soon as Prometheus
 * may start.
 *
 * @throws SettingsError that names a variable; Error when promtool makes no block
 */
export async function runHistory(
  env: Readonly<Record<string, string | undefined>>,
  now: number,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { into, workDir, promtool, libraryPath, portBase, rulesDir, seed } = parseSettings(
    "WATCHKEEPER_HISTORY",
    schema,
    env,
  );
  const end = Math.floor(now / 1_000 / MINUTE) * MINUTE;
  const world = createWorld({ seed, end, densities: DENSITIES });
  const tool = { path: promtool, ...(libraryPath && { env: { LD_LIBRARY_PATH: libraryPath } }) };
  await writePast(
    createPast(world, thisMachine(portBase, rulesDir)),
    { promtool: tool, into, workFolder: workDir, signal },
    ({ done, of, mayStart }) => print(`${mayStart ? "ready " : ""}${done}/${of}`),
  );
}
