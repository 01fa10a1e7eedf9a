import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { acceptsGzip, CONTENT_TYPES, chooseFormat, type ExpositionFormat } from "./format.ts";

/** Gives all metrics in a format, chunk by chunk. */
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

async function* beginningWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";

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
  const body = beginningWith(start, chunks);
  try {
    if (isCompressed) await pipeline(body, createGzip({ level: GZIP_LEVEL }), response);
    else await pipeline(body, response);
  } catch (error) {
    // Whoever asked has gone; nobody is left to be told.
    if (!isGone(error)) throw error;
  }
}
