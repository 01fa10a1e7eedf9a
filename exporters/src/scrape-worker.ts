import { Worker } from "node:worker_threads";
import type { Metrics } from "./metrics.ts";
import { collectAll, constantLabelsOf, renderForeign } from "./scrape/expose.ts";
import type { ExpositionFormat } from "./scrape/format.ts";
import { adaptForeign } from "./scrape/head.ts";
import { createNoteTaker } from "./scrape/mirror.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./scrape/worker-messages.ts";
import { Exposed } from "./series/exposed.ts";

export interface ScrapeWorkerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Made with `createMetrics({ shared: true })`. */
  readonly metrics: Metrics;
  /** Without it as a bearer token `/metrics` is 401; it is open unless said. */
  readonly metricsToken?: string | undefined;
}

export interface ScrapeWorker {
  readonly port: number;
  close(): Promise<void>;
}

/** How soon a new series is known to the worker while nobody scrapes. */
const NOTE_INTERVAL_MS = 1_000;

/** In a package the thread is plain JavaScript; from sources it must learn TypeScript first. */
function startThread(workerData: WorkerStart): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./worker-thread.js", import.meta.url), { workerData });
  const [tsx, thread] = ["tsx/esm/api", "./scrape/worker-thread.ts"].map((name) => import.meta.resolve(name));
  const program = `import("${tsx}").then(({ register }) => (register(), import("${thread}")))`;
  return new Worker(program, { workerData, eval: true });
}

/** Whether another thread can read a metric's numbers; one without series has none yet. */
const isShared = ({ slabs }: Exposed): boolean =>
  slabs.length > 0 && slabs.every(({ buffer }) => buffer instanceof SharedArrayBuffer);

interface Sorted {
  readonly shared: readonly Exposed[];
  /** prom-client's own, and ours that were made without `shared`: the app's thread must render them. */
  readonly others: readonly object[];
}

function sortMetrics({ registry }: Metrics): Sorted {
  const all: readonly object[] = registry.getMetricsAsArray();
  const own = all.filter((metric) => metric instanceof Exposed);
  const foreign = all.filter((metric) => !(metric instanceof Exposed));
  const unshared = own.filter((metric) => metric.slabs.length > 0 && !isShared(metric));
  return { shared: own.filter(isShared), others: [...foreign, ...unshared] };
}

async function renderOthers(metrics: Metrics): Promise<Readonly<Record<ExpositionFormat, string>>> {
  const { others } = sortMetrics(metrics);
  const texts = await Promise.all(others.map((metric) => renderForeign(metrics.registry, metric)));
  const inFormat = (format: ExpositionFormat): string =>
    texts.map((text) => adaptForeign(text, format)).join("");
  return { text: inFormat("text"), openmetrics: inFormat("openmetrics") };
}

/**
 * Serves `/metrics` from a thread of its own, which reads the numbers where they are counted: a scrape costs the app's
 * thread nothing but its `collect` functions, and is answered even while that thread is blocked. What only that thread
 * can know (collected gauges, metrics of prom-client's own, new series, exemplars) is then as it was last.
 *
 * @throws Error when the metrics are not shared or the port cannot be opened
 */
export async function startScrapeWorker(options: ScrapeWorkerOptions): Promise<ScrapeWorker> {
  const { host, port, metrics, metricsToken: token } = options;
  if (!metrics.shared)
    throw new Error(
      "Cannot start a scrape worker as the metrics are not shared: createMetrics({ shared: true })",
    );
  const worker = startThread({ host, port, token });
  const say = (message: ToWorker): void => worker.postMessage(message);
  const takeNotes = createNoteTaker();

  function sendNotes(): void {
    const notes = takeNotes(sortMetrics(metrics).shared);
    if (notes.length > 0) say({ kind: "notes", notes });
  }

  async function collect(id: number): Promise<void> {
    await collectAll(metrics.registry);
    const [constantLabels, foreign] = await Promise.all([
      constantLabelsOf(metrics.registry),
      renderOthers(metrics),
    ]);
    sendNotes();
    say({ kind: "collected", id, constantLabels, foreign });
  }

  const opened = await new Promise<number>((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "listening") resolve(message.port);
      else if (message.kind === "failed") reject(new Error(message.reason));
      // The worker shows what it had last.
      else collect(message.id).catch(() => undefined);
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  sendNotes();
  worker.unref();
  const noting = setInterval(sendNotes, NOTE_INTERVAL_MS).unref();

  return {
    port: opened,
    close: async () => {
      clearInterval(noting);
      await worker.terminate();
    },
  };
}
