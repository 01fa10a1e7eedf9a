import { z } from "zod";
import { defineImport, idText, moment } from "./import.ts";

const row = z
  .object({
    id: idText,
    opened_at: moment,
    resolved_at: z.union([z.literal(""), moment], {
      error: "must be empty or a moment such as 2026-11-09T08:30:00Z that does not lie in the future",
    }),
  })
  .refine(({ opened_at, resolved_at }) => !resolved_at || Date.parse(resolved_at) >= Date.parse(opened_at), {
    path: ["resolved_at"],
    message: "must not be before opened_at",
  });

/** Tickets of a help desk: when each was opened and, once it is, resolved. */
export const tickets = defineImport({
  name: "tickets",
  columns: { needed: ["id", "opened_at", "resolved_at"], optional: [] },
  row,
  text: `INSERT INTO collector.ticket (id, opened_at, resolved_at)
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
    ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at, resolved_at = excluded.resolved_at, demo = false`,
  values: (rows) => [
    rows.map(({ id }) => id),
    rows.map(({ opened_at }) => opened_at),
    rows.map(({ resolved_at }) => resolved_at || null),
  ],
  idOf: ({ id }) => id,
});
