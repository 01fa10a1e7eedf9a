import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { acceptsGzip, CONTENT_TYPES, chooseFormat, type ExpositionFormat } from "./format.ts";

/** Gives all metrics in a format, chunk by chunk; each holds until the next is asked for. */
export type Scrape = (format: ExpositionFormat) => AsyncIterable<Buffer>;

/** Level 1 makes a twentieth of it; more costs five times the processor for a third less. */
const GZIP_LEVEL = 1;

/** Small texts fit a packet as they are. */
const GZIP_FROM_BYTES = 1_024;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether a request carries the bearer token, in a time that says nothing of it. */
export function carriesToken(request: IncomingMessage, token: string): boolean {
  const [scheme = "", given = ""] = (request.headers.authorization ?? "").split(" ");
  const isEqual = timingSafeEqual(digest(given), digest(token));
  return scheme.toLowerCase() === "bearer" && isEqual;
}

/** Resolves when the chunk is no longer needed. */
const written = (into: Writable, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    into.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

async function writeAll(first: Buffer, rest: AsyncIterator<Buffer>, into: Writable): Promise<void> {
  await written(into, first);
  for (let next = await rest.next(); !next.done; next = await rest.next()) await written(into, next.value);
  into.end();
}

const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ERR_STREAM_DESTROYED");

/**
 * Answers a scrape in the format and encoding that it asks for. It is sent as fast as it is read, and compressed on
 * another thread.
 *
 * @throws whatever kept the scrape from beginning; nothing has been sent then
 */
export async function respondToScrape(
  request: IncomingMessage,
  response: ServerResponse,
  scrape: Scrape,
): Promise<void> {
  const format = chooseFormat(request.headers.accept);
  const chunks = scrape(format)[Symbol.asyncIterator]();
  const first = await chunks.next();
  const start: Buffer = first.done ? Buffer.alloc(0) : first.value;
  const isCompressed = start.length >= GZIP_FROM_BYTES && acceptsGzip(request.headers["accept-encoding"]);
  response.writeHead(200, {
    "content-type": CONTENT_TYPES[format],
    "cache-control": "no-store",
    vary: "Accept, Accept-Encoding",
    ...(isCompressed && { "content-encoding": "gzip" }),
  });
  if (request.method === "HEAD") {
    await chunks.return?.();
    response.end();
    return;
  }
  const gzip = isCompressed ? createGzip({ level: GZIP_LEVEL }) : undefined;
  const sent = gzip ? pipeline(gzip, response) : finished(response);
  try {
    // Whichever is first: a connection that has ended takes no chunk, and says nothing of the one that waits.
    await Promise.all([sent, Promise.race([sent, writeAll(start, chunks, gzip ?? response)])]);
  } catch (error) {
    await chunks.return?.();
    // Whoever asked has gone; nobody is left to be told.
    if (!isGone(error)) throw error;
  }
}
