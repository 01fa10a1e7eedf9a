import type { Expr } from "./promql.ts";

type AtLeastOne<T> = readonly [T, ...T[]];

/** What the person who was paged reads, in this order. Each string is Markdown. */
export interface Runbook {
  readonly meaning: string;
  readonly impact: string;
  /** The query to open first. */
  readonly firstQuery: Expr;
  readonly diagnosis: AtLeastOne<string>;
  readonly mitigation: AtLeastOne<string>;
  readonly rollback: string;
}
