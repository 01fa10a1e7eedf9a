import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";

const seconds = z.number().nullable().meta({ description: "Mean of those that have one; null: none has" });

const figures = z
  .strictObject({
    alertname: z.string(),
    service: z.string(),
    incidents: z.number().int(),
    pages: z.number().int().meta({ description: "Messages to single people" }),
    meanSecondsToAcknowledge: seconds,
    meanSecondsToResolve: seconds,
    actionable: z.number().int(),
    noise: z.number().int(),
    noiseRatio: z.number().nullable().meta({ description: "Of those that were judged; null: none was" }),
  })
  .meta({ id: "AlertFigures" });

const MAX_DAYS = 366;

/** How often each alert asked for people, and whether it was worth it. */
export function createFigureEndpoints(database: QueryRunner): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: "alertFigures",
      method: "get",
      url: "/api/alert-figures",
      tag: "Figures",
      summary: "How often each alert opened an incident, how long it took, and how much was noise",
      role: "viewer",
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(MAX_DAYS).default(30) }),
      answer: z.strictObject({ days: z.number().int(), alerts: z.array(figures) }),
      run: async ({ query: { days } }) => {
        const { rows } = await database.query<z.input<typeof figures>>(
          "alert-figures",
          `SELECT i.alertname, i.service, count(*)::integer AS incidents,
             coalesce(sum(p.pages), 0)::integer AS pages,
             avg(extract(epoch FROM i.first_acknowledged_at - i.opened_at))::double precision
               AS "meanSecondsToAcknowledge",
             avg(extract(epoch FROM i.resolved_at - i.opened_at))::double precision AS "meanSecondsToResolve",
             (count(*) FILTER (WHERE i.closed_as = 'actionable'))::integer AS actionable,
             (count(*) FILTER (WHERE i.closed_as = 'noise'))::integer AS noise,
             (count(*) FILTER (WHERE i.closed_as = 'noise'))::double precision
               / nullif(count(*) FILTER (WHERE i.closed_as IS NOT NULL), 0) AS "noiseRatio"
           FROM incident i LEFT JOIN LATERAL (
             SELECT count(*) AS pages FROM delivery d
             WHERE d.incident_id = i.id AND d.notification_id IS NOT NULL AND d.state = 'sent') p ON true
           WHERE i.opened_at > pager_now() - $1 * interval '1 day'
           GROUP BY i.alertname, i.service ORDER BY incidents DESC, i.alertname, i.service LIMIT 500`,
          [days],
        );
        return { days, alerts: rows };
      },
    }),
  ];
}
