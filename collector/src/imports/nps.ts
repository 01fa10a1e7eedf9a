import { z } from "zod";
import { defineImport, idText, moment, plainText } from "./import.ts";

const row = z.object({
  id: idText,
  answered_at: moment,
  score: z
    .string()
    .regex(/^(?:\d|10)$/, "must be a whole number from 0 to 10")
    .transform(Number),
  comment: plainText(500).default(""),
});

/** Answers to "how likely would you recommend this?", from 0 to 10. */
export const nps = defineImport({
  name: "nps",
  columns: { needed: ["id", "answered_at", "score"], optional: ["comment"] },
  row,
  text: `INSERT INTO collector.nps_response (id, answered_at, score, comment)
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::smallint[], $4::text[])
    ON CONFLICT (id) DO UPDATE SET answered_at = excluded.answered_at, score = excluded.score,
      comment = excluded.comment, demo = false`,
  values: (rows) => [
    rows.map(({ id }) => id),
    rows.map(({ answered_at }) => answered_at),
    rows.map(({ score }) => score),
    rows.map(({ comment }) => comment || null),
  ],
  idOf: ({ id }) => id,
});
