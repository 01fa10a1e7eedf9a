import { createMetrics } from "@watchkeeper/exporters/metrics";
import { startOpsServer } from "@watchkeeper/exporters/ops";
import { exportRuntime } from "@watchkeeper/exporters/runtime";
import { exportTelemetry } from "@watchkeeper/exporters/telemetry";
import { systemClock } from "@watchkeeper/process/clock";
import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { readMetricsToken } from "@watchkeeper/process/metrics-token";
import { parseSettings } from "@watchkeeper/process/settings";
import packageJson from "../package.json" with { type: "json" };
import { startConsole } from "./server.ts";
import { settingsSchema } from "./settings.ts";

export async function run({ env, log, telemetry }: ProcessContext): Promise<Close> {
  const settings = parseSettings("WATCHKEEPER_CONSOLE", settingsSchema, env);
  const metricsToken = readMetricsToken(env);
  const metrics = createMetrics({
    onCollectError: (metric, error) => log.warn({ metric, err: error }, "a metric could not be collected"),
  });
  exportRuntime(metrics, { version: packageJson.version });
  exportTelemetry(metrics, telemetry);
  const web = await startConsole({ settings, metrics, log, clock: systemClock });
  try {
    const { host, opsPort: port } = settings;
    const ops = await startOpsServer({ host, port, metrics, metricsToken, checks: {} });
    log.info({ httpPort: web.port, opsPort: ops.port }, "listening");
    return async () => {
      await Promise.all([web.close(), ops.close()]);
    };
  } catch (error) {
    await web.close();
    throw error;
  }
}
