import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import { channel, cursor, limit, next, pageOf } from "../schemas.ts";

const states = ["pending", "leased", "retry", "ambiguous", "sent", "superseded", "dead"] as const;

const delivery = z
  .strictObject({
    id: z.uuid(),
    sequence: z.number().int(),
    incident: z.number().int(),
    channel: z.string(),
    person: z.string().nullable(),
    kind: z.string(),
    state: z.enum(states),
    reason: z.string().nullable(),
    attempts: z.number().int(),
    createdAt: z.date(),
    dueAt: z.date(),
    finishedAt: z.date().nullable(),
  })
  .meta({ id: "Delivery" });

/** What was sent, what waits, and why. */
export function createDeliveryEndpoints(database: QueryRunner): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: "listDeliveries",
      method: "get",
      url: "/api/deliveries",
      tag: "Deliveries",
      summary: "The newest messages first",
      role: "viewer",
      query: z.strictObject({
        state: z.enum([...states, "unfinished"]).optional(),
        channel: channel.optional(),
        person: z.string().max(100).optional(),
        before: cursor,
        limit: limit(500, 50),
      }),
      answer: z.strictObject({ deliveries: z.array(delivery), next }),
      run: async ({ query }) => {
        const { rows } = await database.query<z.input<typeof delivery>>(
          "list-deliveries",
          `SELECT d.id, d.sequence::double precision AS sequence, i.number::double precision AS incident, t.channel,
             t.person, d.kind, d.state, d.reason, d.created_at AS "createdAt", d.due_at AS "dueAt",
             d.finished_at AS "finishedAt",
             (SELECT count(*)::integer FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
           FROM delivery d JOIN destination t ON t.name = d.destination JOIN incident i ON i.id = d.incident_id
           WHERE ($1::text IS NULL OR d.state = $1 OR
               ($1 = 'unfinished' AND d.state IN ('pending', 'leased', 'retry', 'ambiguous')))
             AND ($2::text IS NULL OR t.channel = $2) AND ($3::text IS NULL OR t.person = $3)
             AND ($4::bigint IS NULL OR d.sequence < $4)
           ORDER BY d.sequence DESC LIMIT $5`,
          [
            query.state ?? null,
            query.channel ?? null,
            query.person ?? null,
            query.before ?? null,
            query.limit + 1,
          ],
        );
        const { page, next: following } = pageOf(rows, query.limit, ({ sequence }) => sequence);
        return { deliveries: page, next: following };
      },
    }),
  ];
}
