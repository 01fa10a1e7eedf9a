import type { Queries } from "@watchkeeper/exporters/database";
import type { UsageEvent } from "./event.ts";

/** An event with its moment, in milliseconds since 1970. */
export type DatedEvent = UsageEvent & { readonly atMs: number };

/** Events that are stored together or not at all; storing them again under the same key changes nothing. */
export interface UsageBatch {
  /** A random UUID. */
  readonly key: string;
  readonly events: readonly DatedEvent[];
}

export type StoreUsage = (batch: UsageBatch) => Promise<void>;

const INSERT = `
  WITH batch AS (
    INSERT INTO usage_batch (key, events) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING number
  )
  INSERT INTO usage_event (batch, at, tenant_id, user_id, kind, term, subject_id)
  SELECT batch.number, event.* FROM batch,
    unnest($3::timestamptz[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[]) event`;

/** Stores batches in the directory's database, each with one statement. */
export const createUsageStore =
  (database: Queries): StoreUsage =>
  async ({ key, events }) => {
    await database.query("usage_store", INSERT, [
      key,
      events.length,
      events.map(({ atMs }) => new Date(atMs).toISOString()),
      events.map(({ tenantId }) => tenantId),
      events.map(({ userId }) => userId),
      events.map(({ kind }) => kind),
      events.map(({ term }) => term ?? null),
      events.map(({ subjectId }) => subjectId ?? null),
    ]);
  };
