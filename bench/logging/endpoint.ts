import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { Endpoint, FromEndpoint } from "./contract.ts";

/* Stands for Loki and for an OTLP receiver, in a process of its own, and counts what it took. */

const [behaviour] = process.argv.slice(2) as [Endpoint];
const SLOW_MS = 2_000;
const received = { lines: 0, spans: 0, bytes: 0 };
const tell = (message: FromEndpoint): void => void process.send?.(message);

interface Body {
  readonly streams?: readonly { readonly values: readonly unknown[] }[];
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

function count(raw: Buffer, encoding: string | undefined): void {
  received.bytes += raw.length;
  const body = JSON.parse((encoding === "gzip" ? gunzipSync(raw) : raw).toString("utf8")) as Body;
  for (const { values } of body.streams ?? []) received.lines += values.length;
  for (const { scopeSpans } of body.resourceSpans ?? []) {
    for (const { spans } of scopeSpans) received.spans += spans.length;
  }
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (behaviour === "hanging") return;
  if (behaviour === "failing") return void response.writeHead(500).end();
  if (behaviour === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  count(Buffer.concat(chunks), request.headers["content-encoding"]);
  response.writeHead(request.url?.startsWith("/loki") ? 204 : 200, { "content-type": "application/json" });
  response.end(request.url?.startsWith("/loki") ? "" : "{}");
});

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  if (behaviour !== "refusing") return tell({ kind: "listening", port });
  server.close(() => tell({ kind: "listening", port }));
});

process.on("message", () => tell({ kind: "received", ...received }));
process.on("disconnect", () => process.exit(0));
