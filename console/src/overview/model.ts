import type { Incident } from "../incidents/model.ts";

/** What `GET /api/overview` answers: the contract between the server and the page. Times are ISO 8601. */

/** How far back the charts look, with the distance of their points and the window of their rates. */
export const ranges = {
  "15m": { title: "15 min", seconds: 15 * 60, stepSeconds: 15, window: "1m" },
  "60m": { title: "60 min", seconds: 60 * 60, stepSeconds: 30, window: "2m" },
  "6h": { title: "6 h", seconds: 6 * 60 * 60, stepSeconds: 120, window: "5m" },
} as const;

export type RangeName = keyof typeof ranges;

export const DEFAULT_RANGE: RangeName = "15m";

export const isRangeName = (text: unknown): text is RangeName =>
  typeof text === "string" && Object.hasOwn(ranges, text);

/**
 * A value that is there, that nobody has measured, or that cannot be had. There is no fourth: a value that was true
 * some time ago is none.
 */
export type Reading<Value> =
  | { readonly state: "ready"; readonly value: Value }
  /** `lastAt`: when it was last measured within the range. */
  | { readonly state: "empty"; readonly lastAt: string | null }
  | { readonly state: "error"; readonly reason: string; readonly since: string };

export type Points = readonly (number | null)[];

export interface Charts {
  /** Unix seconds; every list of points has as many. */
  readonly times: readonly number[];
  readonly rate: Points;
  readonly errors: Points;
  readonly p50: Points;
  readonly p95: Points;
  readonly p99: Points;
}

export interface Job {
  readonly name: string;
  readonly title: string;
  readonly targets: number;
  readonly targetsUp: number;
  /** When it came up or went down; null when that is longer ago than we look. */
  readonly since: string | null;
}

export interface Overview {
  readonly at: string;
  readonly range: RangeName;
  /** Requests a second over the last minute. */
  readonly rate: Reading<number>;
  /** 0 to 1 over the last minute; null while there are no requests. */
  readonly errors: Reading<number | null>;
  /** Seconds over the last minute; null while there are no requests. */
  readonly p50: Reading<number | null>;
  readonly p95: Reading<number | null>;
  readonly p99: Reading<number | null>;
  readonly charts: Reading<Charts>;
  readonly jobs: Reading<readonly Job[]>;
  /** Whether the directory answers when asked the way its users ask. */
  readonly outside: Reading<boolean>;
  readonly incidents: Reading<readonly Incident[]>;
  /** When the pager last heard Prometheus' Watchdog: the whole way of an alert works. */
  readonly watchdog: Reading<string>;
  /** Until when what is shown was made up for a demo; empty where all of it was measured. */
  readonly demoUntil: Reading<string>;
}
