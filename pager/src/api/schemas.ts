import { labels } from "@watchkeeper/catalogue/labels";
import { z } from "zod";

/* What several endpoints say alike. */

export const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "a name has small letters, digits and dashes");
export const priority = z.enum(labels.priority.values);
export const severity = z.enum(labels.severity.values);
export const verdict = z.enum(["actionable", "noise"]);
export const channel = z.enum(labels.channel.values);

/** A moment in a query or body: ISO 8601 with an offset. */
export const moment = z.iso
  .datetime({
    offset: true,
    error: "a time is written as 2026-03-01T09:00:00Z or with an offset such as +01:00",
  })
  .transform((text) => new Date(text));

export const limit = (most: number, usual: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(most)
    .default(usual)
    .meta({ description: `At most ${most}` });

/** Where the next page begins: what the answer before called `next`. */
export const cursor = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional();
export const next = z
  .number()
  .nullable()
  .meta({ description: "Give it as `before` for the next page; null at the end" });

/** A uuid, or the number that people use; one of at most fifteen digits fits everywhere. */
export const incidentPath = z.object({
  id: z.union([z.uuid(), z.string().regex(/^\d{1,15}$/)]).meta({ description: "uuid or number" }),
});

/** A page of rows that were asked for with one more than wanted. */
export function pageOf<Row>(rows: readonly Row[], wanted: number, keyOf: (row: Row) => number) {
  const page = rows.slice(0, wanted);
  const last = page.at(-1);
  return { page: [...page], next: rows.length > wanted && last !== undefined ? keyOf(last) : null };
}
