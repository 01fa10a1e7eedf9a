import { isLogLevel, type StreamName } from "@watchkeeper/telemetry/loki/batch";
import { createLogShipper, type LineCounts, type LogShipper } from "@watchkeeper/telemetry/loki/ship-logs";
import { startTracing, type TraceCounts } from "@watchkeeper/telemetry/traces/start-tracing";
import { type DestinationStream, pino } from "pino";
import { z } from "zod";
import manifest from "../package.json" with { type: "json" };
import { createLog, type Log } from "./log.ts";
import { parseSettings } from "./settings.ts";

const address = z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional();

const schema = z.object({
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be a short lower-case name such as production")
    .default("development"),
  lokiUrl: address,
  lokiToken: z.string().min(1).optional(),
  lokiTenant: z.string().min(1).optional(),
  otlpUrl: address,
  otlpToken: z.string().min(1).optional(),
  traceRatio: z.coerce.number().min(0).max(1).optional(),
  traceSlowMs: z.coerce.number().min(0).optional(),
});

/** What a process says beside its log, and what of its lines and spans has left it. */
export interface Telemetry {
  /** Lines that say who did what: marked `"stream":"audit"`, and a stream of their own in Loki. Always written. */
  readonly audit: Log;
  lines(): LineCounts;
  spans(): TraceCounts;
}

/** A process's log, and the rest of what leaves it. */
export interface OpenTelemetry extends Telemetry {
  readonly log: Log;
  /** Sends what waits, for at most `budgetMs`. */
  close(budgetMs: number): Promise<void>;
}

/** Of a process that says nothing and sends nothing: for tests. */
export const noTelemetry: Telemetry = {
  audit: createLog("none", "silent"),
  lines: () => ({ written: 0, shipped: 0, dropped: 0, refused: 0 }),
  spans: () => ({ exported: 0, unsampled: 0, dropped: 0 }),
};

/** pino tells a stream that asks for it the level of each line, which saves parsing the line for it. */
interface LevelledStream extends DestinationStream {
  lastLevel: number;
  readonly [key: symbol]: boolean;
}

/** Standard output, and beside it whoever ships the lines. */
function teeOf(shipper: LogShipper, standardOutput: DestinationStream, stream: StreamName): LevelledStream {
  return {
    lastLevel: 0,
    [Symbol.for("pino.metadata")]: true,
    write(text) {
      standardOutput.write(text);
      const level = pino.levels.labels[this.lastLevel] ?? "info";
      shipper.write(isLogLevel(level) ? level : "info", text.trimEnd(), stream);
    },
  };
}

/**
 * Opens the log of a process and, where `WATCHKEEPER_TELEMETRY_LOKI_URL` and `_OTLP_URL` are set, the ways on which
 * its lines and spans leave. Standard output has every line either way.
 *
 * @throws SettingsError of one line
 */
export function openTelemetry(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
  standardOutput: DestinationStream = pino.destination(1),
): OpenTelemetry {
  const settings = parseSettings("WATCHKEEPER_TELEMETRY", schema, env);
  const { version } = manifest;
  const about = { version, env: settings.environment };
  const tellHealth = (what: string) => (reason: string | undefined) => {
    if (reason === undefined) log.info(`${what} leave again`);
    else log.warn({ reason }, `${what} do not leave, trying again`);
  };

  const shipper =
    settings.lokiUrl === undefined
      ? undefined
      : createLogShipper({
          target: { url: settings.lokiUrl, token: settings.lokiToken, tenant: settings.lokiTenant },
          labels: { service, env: settings.environment },
          onHealth: tellHealth("log lines"),
        });
  const destination = (stream: StreamName) =>
    shipper ? teeOf(shipper, standardOutput, stream) : standardOutput;
  const log = createLog(service, env.WATCHKEEPER_LOG_LEVEL ?? "info", destination("log"), about);
  const audit = createLog(service, "info", destination("audit"), { ...about, stream: "audit" });
  const tracing =
    settings.otlpUrl === undefined
      ? undefined
      : startTracing({
          url: settings.otlpUrl,
          token: settings.otlpToken,
          service,
          version,
          environment: settings.environment,
          ...(settings.traceRatio !== undefined && { ratio: settings.traceRatio }),
          ...(settings.traceSlowMs !== undefined && { slowMs: settings.traceSlowMs }),
          onHealth: tellHealth("spans"),
        });

  return {
    log,
    audit,
    lines: shipper?.counts ?? noTelemetry.lines,
    spans: tracing?.counts ?? noTelemetry.spans,
    close: async (budgetMs) => {
      await Promise.all([shipper?.close(budgetMs), tracing?.close(budgetMs)]);
    },
  };
}
