import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A push or export as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What a receiver does with a request; without an answer it hangs. */
export type Behaviour = (response: ServerResponse, received: Received) => void;

export const takes: Behaviour = (response) => void response.writeHead(204).end();
export const hangs: Behaviour = () => undefined;
export const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end("no");

export interface Receiver {
  readonly url: string;
  /** All requests so far whose body arrived whole, whatever the answer. */
  readonly received: readonly Received[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A server that takes what Loki or an OTLP receiver takes: JSON, gzipped or not. */
export async function startReceiver(initial: Behaviour = takes): Promise<Receiver> {
  let behaviour = initial;
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString("utf8");
    const one = { path: request.url ?? "", headers: request.headers, body: JSON.parse(text) };
    received.push(one);
    behaviour(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
