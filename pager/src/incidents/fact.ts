import { createHash } from "node:crypto";
import type { Priority } from "./priority.ts";
import type { Severity } from "./severity.ts";

/** Who says so: an Alertmanager, a Grafana, or the pager about itself. */
export type Source = "alertmanager" | "grafana" | "pager";

/**
 * One thing that a source said about one alert. A firing fact holds since `startsAt`, a resolved one since the
 * alert's `endsAt`; of two facts the later one is true and in a tie the firing one, so that duplicates and any
 * order of arrival lead to the same state.
 */
export interface AlertFact {
  readonly source: Source;
  /** Names the alert within its source. */
  readonly fingerprint: string;
  readonly incidentKey: string;
  readonly status: "firing" | "resolved";
  /** ISO 8601; null means the database's present. */
  readonly factAt: string | null;
  readonly startsAt: string | null;
  /** After how many milliseconds without a newer fact a firing alert counts as resolved; null: never. */
  readonly expiresAfterMs: number | null;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Where facts come from: the body they were in, or null for what the pager says about itself. */
export interface Cause {
  readonly inboxId: string | null;
  /** When the body was committed; the latency of a message counts from here. Null means the present. */
  readonly receivedAt: Date | null;
  /** Ids under which people have already heard of incidents that are not open yet, by key. */
  readonly ids?: ReadonlyMap<string, string>;
}

/**
 * Which incident an alert belongs to: the one of its name and service.
 *
 * Not Alertmanager's groupKey: that one spells out the route, so editing alertmanager.yml in the middle of an outage
 * would open every incident anew, and an alert that matches two routes would open two. The name and the service are
 * what people call an incident by, and fifty instances with one trouble wake somebody once.
 */
export function incidentKeyOf(source: Source, alertname: string, service: string): string {
  const key = JSON.stringify([source, alertname, service]);
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  return JSON.stringify([source, createHash("sha256").update(key).digest("hex")]);
}

/** PostgreSQL refuses to index a text of more than 2,704 bytes. */
const MAX_KEY_BYTES = 2_000;
