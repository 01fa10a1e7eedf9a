import { z } from "zod";
import type { Database } from "../database/database.ts";

const count = z.number().int().min(0);
const perhaps = z.number().nullable();

/** The business figures of this moment. */
export const figuresSchema = z.object({
  /** How often each thing was done in the last full hour. */
  lastHour: z.object({
    login: count,
    search: count,
    empty_search: count,
    profile_view: count,
    profile_update: count,
  }),
  /** Different people in the last 24 hours, 7 days and 30 days. */
  people: z.object({ day: count, week: count, month: count }),
  /** Different people of the last 30 days who used a feature. */
  features: z.object({ search: count, profile_view: count, profile_update: count }),
  nps: z.object({ score: z.number().min(-100).max(100).nullable(), responses: count }),
  tickets: z.object({ open: count, opened: count, medianResolutionSeconds: perhaps }),
  demo: z.boolean(),
});

export type Figures = z.infer<typeof figuresSchema>;

/** Everything that the roll-ups keep is bounded by the number of people, never by that of events. */
const PEOPLE = `
  SELECT count(*) FILTER (WHERE last_at > now() - interval '1 day')::int AS day,
    count(*) FILTER (WHERE last_at > now() - interval '7 days')::int AS week,
    count(*)::int AS month,
    count(*) FILTER (WHERE last_search_at > now() - interval '30 days')::int AS search,
    count(*) FILTER (WHERE last_view_at > now() - interval '30 days')::int AS profile_view,
    count(*) FILTER (WHERE last_update_at > now() - interval '30 days')::int AS profile_update
  FROM collector.person WHERE last_at > now() - interval '30 days'`;

const kinds = ["login", "search", "empty_search", "profile_view", "profile_update"] as const;
const LAST_HOUR = `
  SELECT ${kinds.map((kind) => `coalesce(sum(events) FILTER (WHERE kind = '${kind}'), 0)::int AS ${kind}`).join(", ")}
  FROM collector.usage_hour WHERE hour = date_trunc('hour', now()) - interval '1 hour'`;

/** The share of promoters (9, 10) less that of detractors (0 to 6), in per cent. */
export const NPS = `round(100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6))
  / nullif(count(*), 0), 1)::float8`;

const RESPONSES = `SELECT ${NPS} AS score, count(*)::int AS responses FROM collector.nps_response
  WHERE answered_at > now() - interval '90 days' AND answered_at <= now()`;

const TICKETS = `
  SELECT (SELECT count(*) FROM collector.ticket WHERE resolved_at IS NULL)::int AS open,
    (SELECT count(*) FROM collector.ticket WHERE opened_at > now() - interval '7 days' AND opened_at <= now())::int AS opened,
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at))
     FROM collector.ticket WHERE resolved_at > now() - interval '30 days' AND resolved_at <= now())::float8
     AS "medianResolutionSeconds"`;

const DEMO = `SELECT EXISTS (SELECT FROM collector.tenant WHERE demo) AS demo`;

/** Reads the business figures as they are now, from the roll-ups. */
export async function loadFigures({ query }: Pick<Database, "query">): Promise<Figures> {
  const one = async <Row extends object>(name: string, text: string): Promise<Row> => {
    const { rows } = await query<Row & Record<string, unknown>>(name, text);
    if (!rows[0]) throw new Error(`Cannot read ${name} as the database gave no row`);
    return rows[0];
  };
  const { day, week, month, ...features } = await one<Figures["people"] & Figures["features"]>(
    "figures_people",
    PEOPLE,
  );
  return {
    lastHour: await one<Figures["lastHour"]>("figures_last_hour", LAST_HOUR),
    people: { day, week, month },
    features,
    nps: await one<Figures["nps"]>("figures_nps", RESPONSES),
    tickets: await one<Figures["tickets"]>("figures_tickets", TICKETS),
    demo: (await one<{ demo: boolean }>("figures_demo", DEMO)).demo,
  };
}
