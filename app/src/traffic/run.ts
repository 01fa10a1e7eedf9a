import { systemClock } from "@watchkeeper/process/clock";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";
import { createDemoTenants } from "../demo/people.ts";
import { createRandom } from "../demo/random.ts";
import { createDirectoryClient } from "./client.ts";
import { generateTraffic } from "./generate.ts";
import { createVisitors } from "./visitor.ts";

const schema = z.object({
  appUrl: z.url({ protocol: /^https?$/, error: "must be an http:// URL" }),
  demoPassword: z.string().min(8).max(200),
  seed: z.coerce.number().int().min(0).default(1),
  peakRps: z.coerce.number().min(0.1).max(100).default(8),
});

/** Reads `WATCHKEEPER_TRAFFIC_*`. @throws SettingsError that names the variable */
export const readTrafficSettings = (env: ProcessContext["env"]): z.infer<typeof schema> =>
  parseSettings("WATCHKEEPER_TRAFFIC", schema, env);

/** People who use the directory all day, so that every figure and board shows something from the first minute on. */
export async function run({ env, log }: ProcessContext): Promise<Close> {
  const { appUrl, demoPassword, seed, peakRps } = readTrafficSettings(env);
  const random = createRandom(seed);
  const client = createDirectoryClient(appUrl);
  const visitors = createVisitors({
    tenants: createDemoTenants(),
    password: demoPassword,
    client,
    random,
    clock: systemClock,
  });
  const stopped = new AbortController();
  const generating = generateTraffic({
    visitors,
    random,
    peakRps,
    clock: systemClock,
    log,
    signal: stopped.signal,
  });
  log.info({ visitors: visitors.length, peakRps }, "generating traffic");
  return async () => {
    stopped.abort();
    await generating;
  };
}
