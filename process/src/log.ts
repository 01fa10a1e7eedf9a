import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

/** Fields that never reach a log line, wherever they are nested one level deep. */
const SECRET_FIELDS = ["authorization", "cookie", "password", "token", "secret", "routingKey", "databaseUrl"];

/** The trace that a line belongs to, where traces are recorded. */
function traceFields(): object {
  const context = trace.getActiveSpan()?.spanContext();
  return context && isSpanContextValid(context) ? { traceId: context.traceId, spanId: context.spanId } : {};
}

/**
 * The JSON log of a process: one object a line on standard output with `timestamp`, `level`, `service` and `message`,
 * and `traceId` and `spanId` within a trace.
 *
 * @param service name in the catalogue's services
 * @param level the least severe level that is written
 * @param destination where lines go; standard output unless a test says otherwise
 * @param about fields of every line, such as `version` and `env`
 */
export function createLog(
  service: string,
  level = "info",
  destination: DestinationStream = pino.destination(1),
  about: Readonly<Record<string, string>> = {},
): Log {
  return pino(
    {
      level,
      base: { service, ...about },
      messageKey: "message",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
      mixin: traceFields,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
    },
    destination,
  );
}
