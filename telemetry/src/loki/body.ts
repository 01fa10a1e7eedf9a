import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import type { Batch } from "./batch.ts";

/** The body of one push in the making, gzipped by Node's own threads as its parts come: no part stalls the process. */
export interface Body {
  readonly lines: number;
  /** Characters so far. */
  readonly size: number;
  /** @param onTaken called once the part needs no memory any more */
  add(batch: Batch, onTaken: () => void): void;
  /** Ends it; nothing may be added after that. @throws Error when it could not be compressed */
  close(): Promise<Uint8Array>;
}

/** The fastest: log lines repeat so much that it leaves little of them. */
const GZIP_LEVEL = 1;

/** Begins a body for `POST /loki/api/v1/push`. */
export function openBody(): Body {
  const gzip = createGzip({ level: GZIP_LEVEL });
  const whole = buffer(gzip);
  // Whoever closes it hears of a failure; until then nobody listens.
  whole.catch(() => undefined);
  let lines = 0;
  let size = 0;
  return {
    get lines() {
      return lines;
    },
    get size() {
      return size;
    },
    add(batch, onTaken) {
      gzip.write(`${lines === 0 ? '{"streams":[' : ","}${batch.streams}`, onTaken);
      lines += batch.lines;
      size += batch.streams.length;
    },
    close() {
      gzip.end("]}");
      return whole;
    },
  };
}
