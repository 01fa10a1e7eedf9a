import cluster, { type Worker } from "node:cluster";
import { createMerger, type FamilyReport } from "./cluster/merge.ts";
import { createReporter } from "./cluster/report.ts";
import type { Metrics } from "./metrics.ts";
import { collectAll, render } from "./scrape/expose.ts";
import type { Scrape } from "./scrape/respond.ts";

/** A worker that has not answered by then is shown as it was last. */
export const ANSWER_WITHIN_MS = 1_000;

type Request = { readonly watchkeeper: "report"; readonly id: number };
type Answer = {
  readonly watchkeeper: "reported";
  readonly id: number;
  readonly families: readonly FamilyReport[];
};

const isMessage = (message: unknown, kind: string): boolean =>
  typeof message === "object" && message !== null && "watchkeeper" in message && message.watchkeeper === kind;

/** In a worker of a cluster: answers the primary's scrapes. @returns what ends it */
export function answerClusterScrapes(metrics: Metrics): () => void {
  const report = createReporter();
  const onMessage = (message: unknown): void => {
    if (!isMessage(message, "report")) return;
    const { id } = message as Request;
    collectAll(metrics.registry)
      .then(() => report(metrics.registry))
      .then((families) => {
        const answer: Answer = { watchkeeper: "reported", id, families };
        process.send?.(answer);
      })
      // The primary shows what it had last.
      .catch(() => undefined);
  };
  process.on("message", onMessage);
  return () => void process.off("message", onMessage);
}

export interface ClusterMetrics {
  /** The metrics of all workers, added up: give it to `startOpsServer`. */
  readonly scrape: Scrape;
  close(): void;
}

/**
 * In the primary of a cluster: adds the workers' metrics up. A worker that ends leaves its counts behind, so that no
 * counter goes back; its gauges go with it. Set `cluster.setupPrimary({ serialization: "advanced" })` to have numbers
 * travel as they are instead of as JSON.
 */
export function collectCluster(): ClusterMetrics {
  const merger = createMerger();
  let nextId = 0;
  const waiting = new Map<number, Set<number>>();
  const finished = new Map<number, () => void>();

  function settle(id: number, workerId: number): void {
    const left = waiting.get(id);
    left?.delete(workerId);
    if (left?.size === 0) finished.get(id)?.();
  }
  const onMessage = (worker: Worker, message: unknown): void => {
    if (!isMessage(message, "reported")) return;
    const { id, families } = message as Answer;
    merger.report(worker.id, families);
    settle(id, worker.id);
  };
  const onExit = (worker: Worker): void => {
    merger.leave(worker.id);
    for (const id of waiting.keys()) settle(id, worker.id);
  };
  cluster.on("message", onMessage);
  cluster.on("exit", onExit);

  function askAll(): Promise<void> {
    const id = nextId++;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected());
    if (workers.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(id);
        finished.delete(id);
        resolve();
      };
      const timer = setTimeout(done, ANSWER_WITHIN_MS);
      waiting.set(id, new Set(workers.flatMap((worker) => (worker ? [worker.id] : []))));
      finished.set(id, done);
      const request: Request = { watchkeeper: "report", id };
      // Who cannot be told any more will not answer either.
      for (const worker of workers) worker?.send(request, () => undefined);
    });
  }

  return {
    scrape: async function* (format) {
      await askAll();
      yield* render(merger.merge(format), format);
    },
    close: () => {
      cluster.off("message", onMessage);
      cluster.off("exit", onExit);
    },
  };
}
