import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { alertFigures } from "../../incidents/figures.ts";
import { databaseNow } from "../../oncall/load-readiness.ts";
import { DAY_MS } from "../../oncall/shifts.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";

const seconds = z.number().nullable().meta({ description: "Of those that have one; null: none has" });

const figures = z
  .strictObject({
    alertname: z.string(),
    incidents: z.number().int(),
    pages: z.number().int().meta({ description: "Incidents that paged; those folded into a storm did not" }),
    actionable: z.number().int(),
    noise: z.number().int(),
    noiseRatio: z.number().nullable().meta({ description: "Of those that were judged; null: none was" }),
    meanAcknowledgeSeconds: seconds,
    meanResolveSeconds: seconds,
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
      answer: z.strictObject({ from: z.date(), to: z.date(), alerts: z.array(figures) }),
      run: async ({ query: { days } }) => {
        const now = (await databaseNow(database)).getTime();
        const from = new Date(now - days * DAY_MS);
        // The end is not included, and an incident may open in this very millisecond.
        const to = new Date(now + 1);
        const rows = await alertFigures(database, from, to);
        const alerts = rows.map((row) => {
          const judged = row.actionable + row.noise;
          return { ...row, noiseRatio: judged === 0 ? null : row.noise / judged };
        });
        return { from, to, alerts };
      },
    }),
  ];
}
