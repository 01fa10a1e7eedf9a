/** The levels of our log lines, least severe first: each is a stream of its own, since Loki keeps streams by label. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const isLogLevel = (text: string): text is LogLevel => LOG_LEVELS.some((level) => level === text);

/** Labels of all streams of a shipper. Few and constant: every combination of values is a stream in Loki. */
export type StreamLabels = Readonly<Record<string, string>>;

/** Lines of the log, and those that say who did what: they have another retention and other readers. */
export type StreamName = "log" | "audit";

/** Lines that were written after one another: a part of a push. */
export interface Batch {
  /** The elements of the push's `streams`, separated by commas. */
  readonly streams: string;
  readonly lines: number;
}

/** Loki refuses lines above 256 KB by default (`max_line_size`); what is longer than this says nothing more. */
export const MAX_LINE_LENGTH = 32 * 1_024;

const TRACE_ID = '"traceId":"';
const TRACE_ID_LENGTH = 32;

/**
 * The line's trace as Loki's structured metadata, from which Grafana links to the trace. Lines are searched, not
 * parsed: this runs for each line. What a visitor typed cannot pass for it, as JSON escapes quotation marks in values.
 */
function metadataOf(line: string): string {
  const at = line.indexOf(TRACE_ID);
  if (at < 0) return "";
  const id = line.slice(at + TRACE_ID.length, at + TRACE_ID.length + TRACE_ID_LENGTH);
  return /^[0-9a-f]{32}$/.test(id) ? `,{"trace_id":"${id}"}` : "";
}

/** How a stream's part of a body begins, by level. */
const openingsOf = (labels: StreamLabels): Readonly<Record<LogLevel, string>> => {
  const opening = (level: LogLevel): string => `{"stream":${JSON.stringify({ ...labels, level })},"values":[`;
  return Object.fromEntries(LOG_LEVELS.map((level) => [level, opening(level)])) as Record<LogLevel, string>;
};

/** Collects lines and makes them part of a push. */
export interface BatchBuilder {
  /** @param line one line of JSON, without its end */
  add(level: LogLevel, line: string, nowMs: number, stream?: StreamName): void;
  /** Characters so far: a lower bound of the batch's length. */
  readonly size: number;
  /** Everything since the last call, or nothing. */
  take(): Batch | undefined;
}

/**
 * Makes what `POST /loki/api/v1/push` takes: the lines of a level are one stream, as repeating the labels for each
 * line costs twenty times the bytes.
 *
 * Lines of one millisecond get timestamps that differ in their last digits, so that Loki keeps their order and does
 * not take two equal lines for one.
 */
export function createBatchBuilder(labels: StreamLabels): BatchBuilder {
  const openings = { log: openingsOf(labels), audit: openingsOf({ ...labels, stream: "audit" }) };
  let streams = new Map<string, string[]>();
  let size = 0;
  let lines = 0;
  let lastMs = 0;
  let withinMs = 0;

  const timestamp = (nowMs: number): string => {
    // A clock that was set back must not bring lines out of order.
    const ms = Math.max(nowMs, lastMs);
    withinMs = ms === lastMs ? withinMs + 1 : 0;
    lastMs = ms;
    return `${ms}${String(withinMs % 1_000_000).padStart(6, "0")}`;
  };

  return {
    get size() {
      return size;
    },
    add(level, line, nowMs, stream = "log") {
      const shown = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}… (cut)` : line;
      const value = `["${timestamp(nowMs)}",${JSON.stringify(shown)}${metadataOf(shown)}]`;
      const opening = openings[stream][level];
      const values = streams.get(opening);
      if (values) values.push(value);
      else streams.set(opening, [value]);
      size += value.length;
      lines += 1;
    },
    take() {
      if (lines === 0) return undefined;
      const all = [...streams].map(([opening, values]) => `${opening}${values.join(",")}]}`);
      const batch = { streams: all.join(","), lines };
      streams = new Map();
      size = 0;
      lines = 0;
      return batch;
    },
  };
}
