import type { ExpositionFormat } from "./format.ts";
import type { MetricNote } from "./mirror.ts";

/** What a scrape worker is started with. */
export interface WorkerStart {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
}

/** Said by the worker. */
export type FromWorker =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "failed"; readonly reason: string }
  /** Bring the numbers up to date and say what is new. */
  | { readonly kind: "collect"; readonly id: number };

/** Said to the worker. */
export type ToWorker =
  | { readonly kind: "notes"; readonly notes: readonly MetricNote[] }
  | {
      readonly kind: "collected";
      readonly id: number;
      readonly constantLabels: string;
      /** Metrics of prom-client's own, whose numbers no other thread can read. */
      readonly foreign: Readonly<Record<ExpositionFormat, string>>;
    };
