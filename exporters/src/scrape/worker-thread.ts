import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { render } from "./expose.ts";
import { createMirrors } from "./mirror.ts";
import { carriesToken, respondToScrape } from "./respond.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

/** So long the app's thread may take to bring gauges up to date; then their last values are shown. */
const COLLECT_WAIT_MS = 250;

/** Serves `/metrics` from shared memory, whatever the app's thread is doing. */
function serve(main: MessagePort, { host, port, token }: WorkerStart): void {
  const mirrors = createMirrors();
  let last = { constantLabels: "", foreign: { text: "", openmetrics: "" } };
  let nextId = 0;
  const waiting = new Map<number, () => void>();
  const say = (message: FromWorker): void => main.postMessage(message);

  main.on("message", (message: ToWorker) => {
    if (message.kind === "notes") return mirrors.apply(message.notes);
    last = message;
    waiting.get(message.id)?.();
  });

  const collect = (): Promise<void> =>
    new Promise((resolve) => {
      const id = nextId++;
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(done, COLLECT_WAIT_MS);
      waiting.set(id, done);
      say({ kind: "collect", id });
    });

  const server = createServer((request, response) => {
    const isMetrics = (request.url ?? "").split("?")[0] === "/metrics";
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isMetrics || !isRead) return void response.writeHead(isMetrics ? 405 : 404).end();
    if (token !== undefined && !carriesToken(request, token))
      return void response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    respondToScrape(request, response, async function* (format) {
      await collect();
      yield* render([...mirrors.metrics, () => last.foreign[format]], format, last.constantLabels);
    }).catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.once("error", (error) => say({ kind: "failed", reason: error.message }));
  server.listen(port, host, () => say({ kind: "listening", port: (server.address() as AddressInfo).port }));
}

if (parentPort) serve(parentPort, workerData as WorkerStart);
