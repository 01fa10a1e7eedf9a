import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

type Fields = Readonly<Record<string, unknown>>;

/** Fields that never reach a log line, wherever they are nested one level deep. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "password",
  "token",
  "secret",
  "routingKey",
  "databaseUrl",
]);

const CENSOR = "[redacted]";

/** A copy that has another value, still of its class: how an error is written depends on it. */
function withValue(fields: Fields, name: string, value: unknown): Fields {
  const copy = Object.create(Object.getPrototypeOf(fields), Object.getOwnPropertyDescriptors(fields));
  return Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
}

const hasFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The fields without secrets; the very same object where it has none, as nearly always. */
function redact(fields: Fields, deeper = true): Fields {
  let shown = fields;
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    const safe = SECRET_FIELDS.has(name) ? CENSOR : deeper && hasFields(value) ? redact(value, false) : value;
    if (safe !== value) shown = withValue(shown, name, safe);
  }
  return shown;
}

const NO_TRACE: object = {};

/** The trace that a line belongs to, where traces are recorded. */
function traceFields(): object {
  const context = trace.getActiveSpan()?.spanContext();
  if (!context || !isSpanContextValid(context)) return NO_TRACE;
  return { traceId: context.traceId, spanId: context.spanId };
}

/** Texts such as `,"timestamp":"2026-11-20T14:13:38.873Z"`: many lines fall into one millisecond, all into some second. */
function createTimestamps(): () => string {
  let second = Number.NaN;
  let untilSecond = "";
  let last = Number.NaN;
  let text = "";
  return () => {
    const now = Date.now();
    if (now === last) return text;
    last = now;
    const ms = now % 1_000;
    if (now - ms !== second) {
      second = now - ms;
      untilSecond = new Date(second).toISOString().slice(0, -"000Z".length);
    }
    text = `,"timestamp":"${untilSecond}${String(ms).padStart(3, "0")}Z"`;
    return text;
  };
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
  const log: Log = pino(
    {
      level,
      base: { service, ...about },
      messageKey: "message",
      timestamp: createTimestamps(),
      formatters: {
        level: (label: string) => ({ level: label }),
        // pino's own `redact` passes every value of every line through a copy: three times what the line itself costs.
        log: (fields) => redact(fields),
      },
      mixin: traceFields,
      mixinMergeStrategy: (fields, more) => (more === NO_TRACE ? fields : { ...more, ...fields }),
    },
    destination,
  );
  // A child's own fields are written once, when it is made; its children inherit this.
  const { child } = log;
  log.child = function makeChild(this: Log, fields: Fields, options?: object) {
    return child.call(this, redact(fields), options);
  } as typeof child;
  return log;
}
