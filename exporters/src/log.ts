import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";
import { logMessagesTotal } from "@watchkeeper/catalogue/metrics/log";
import type { Metrics } from "./metrics.ts";

type Level = LabelValue<"level">;

/** A logger of pino, or a child of one. */
export interface PinoLogger {
  readonly levels: { readonly labels: Readonly<Record<number, string>> };
}

type Write = (this: unknown, object: unknown, message: unknown, level: number) => unknown;

const knownLevels: ReadonlySet<string> = new Set(labels.level.values);

/** pino gives its inner function a symbol as a name, and publishes it as `pino.symbols.writeSym`. */
function writeSymbolOf(logger: object): symbol | undefined {
  for (let object: object | null = logger; object; object = Object.getPrototypeOf(object)) {
    const found = Object.getOwnPropertySymbols(object).find(
      ({ description }) => description === "pino.write",
    );
    if (found) return found;
  }
  return undefined;
}

/**
 * Counts the messages that a logger of pino writes, its children's included, by severity. Levels of one's own count
 * as the next one below.
 *
 * @throws Error when the logger is not pino's
 */
export function countLogMessages(metrics: Metrics, logger: PinoLogger): void {
  const symbol = writeSymbolOf(logger);
  const writable = logger as unknown as Record<symbol, Write>;
  const write = symbol && writable[symbol];
  if (!symbol || !write) throw new Error("Cannot count the messages of a logger as it is not pino's");
  const messages = metrics.counter(logMessagesTotal);
  const seriesOf = (level: Level) => messages.series({ level });
  const byNumber = new Map([...knownLevels].map((level, i) => [(i + 1) * 10, seriesOf(level as Level)]));
  const lowest = seriesOf("trace");

  writable[symbol] = function countAndWrite(object, message, level) {
    (byNumber.get(Math.min(60, Math.floor(level / 10) * 10)) ?? lowest).inc();
    return write.call(this, object, message, level);
  };
}
