import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

/** Fields that never reach a log line, wherever they are nested one level deep. */
const SECRET_FIELDS = ["authorization", "cookie", "password", "token", "secret", "routingKey", "databaseUrl"];

/**
 * The JSON log of a process: one object a line on standard output with `timestamp`, `level`, `service` and `message`.
 *
 * @param service name in the catalogue's services
 * @param level the least severe level that is written
 * @param destination where lines go; standard output unless a test says otherwise
 */
export function createLog(service: string, level = "info", destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    messageKey: "message",
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
  };
  return destination ? pino(options, destination) : pino(options);
}
