/** What ships what: nothing, our lines, our spans, or pino-loki's lines. */
export type Contender = "bare" | "logs" | "spans" | "pino-loki";

/** How Loki or the collector behaves. */
export type Endpoint = "healthy" | "slow" | "hanging" | "failing" | "refusing";

export type ToService = { readonly kind: "weigh" } | { readonly kind: "close" };

/** What a service says of the lines or spans that it was to send. */
export interface Account {
  readonly written: number;
  readonly lost: number;
}

export type FromService =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "weight"; readonly rssBytes: number }
  | ({ readonly kind: "closed"; readonly ms: number } & Account);

export type FromEndpoint =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "received"; readonly lines: number; readonly spans: number; readonly bytes: number };
