import {
  pagerAlertIncidents,
  pagerNoiseRatio,
  pagerShiftPages,
  pagerStormsOpen,
  pagerUnreached,
} from "@watchkeeper/catalogue/metrics/pager";
import type { Queries } from "@watchkeeper/exporters/database";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Verdict } from "./command.ts";

/** A shift, as Google's SRE book counts: at most two incidents in twelve hours leave time to follow each up. */
const SHIFT_HOURS = 12;
const FIGURES_DAYS = 30;
const MAX_ALERTS = 50;

/** What one alert asked of people in a stretch of time. */
export interface AlertFigures {
  readonly alertname: string;
  readonly incidents: number;
  /** Incidents that paged; those folded into a storm did not. */
  readonly pages: number;
  readonly actionable: number;
  readonly noise: number;
  /** Of those that were acknowledged; null when none was. */
  readonly meanAcknowledgeSeconds: number | null;
  /** Of those that are over; null when none is. */
  readonly meanResolveSeconds: number | null;
}

/** The figures of every alert that opened an incident since then, the most frequent first, at most 500. */
export async function alertFigures(queries: Queries, from: Date, to: Date): Promise<readonly AlertFigures[]> {
  const { rows } = await queries.query<AlertFigures>(
    "alert-figures",
    `SELECT alertname, count(*)::integer AS incidents,
       (count(*) FILTER (WHERE severity = 'page' AND folded_into IS NULL))::integer AS pages,
       (count(*) FILTER (WHERE closed_as = 'actionable'))::integer AS actionable,
       (count(*) FILTER (WHERE closed_as = 'noise'))::integer AS noise,
       avg(extract(epoch FROM first_acknowledged_at - opened_at))::double precision AS "meanAcknowledgeSeconds",
       avg(extract(epoch FROM resolved_at - opened_at))::double precision AS "meanResolveSeconds"
     FROM incident WHERE opened_at >= $1 AND opened_at < $2
     GROUP BY alertname ORDER BY incidents DESC, alertname LIMIT 500`,
    [from, to],
  );
  return rows;
}

/** Exports what the database knows about the load on people; read at every scrape, absent while it is away. */
export function exportFigures(metrics: Metrics, queries: Queries): void {
  const one = async (name: string, text: string, values: readonly unknown[] = []): Promise<number | null> => {
    const { rows } = await queries.query<{ value: number | null }>(name, text, values);
    return rows[0]?.value ?? null;
  };
  metrics.gauge(pagerShiftPages, async (set) => {
    const pages = await one(
      "shift-pages",
      `SELECT count(*)::integer AS value FROM incident WHERE severity = 'page' AND folded_into IS NULL
         AND opened_at > pager_now() - $1 * interval '1 hour'`,
      [SHIFT_HOURS],
    );
    set({}, pages ?? 0);
  });
  metrics.gauge(pagerUnreached, async (set) => {
    const unreached = await one(
      "unreached",
      `SELECT count(*)::integer AS value FROM incident i WHERE i.state = 'triggered' AND i.snoozed_until IS NULL
         AND (SELECT e.state FROM escalation e WHERE e.incident_id = i.id ORDER BY run DESC LIMIT 1) = 'exhausted'`,
    );
    set({}, unreached ?? 0);
  });
  metrics.gauge(pagerStormsOpen, async (set) => {
    set(
      {},
      (await one("storms-open", "SELECT count(*)::integer AS value FROM storm WHERE closed_at IS NULL")) ?? 0,
    );
  });
  metrics.gauge(pagerNoiseRatio, async (set) => {
    const ratio = await one(
      "noise-ratio",
      `SELECT avg((closed_as = 'noise')::integer)::double precision AS value FROM incident
       WHERE closed_as IS NOT NULL AND opened_at > pager_now() - $1 * interval '1 day'`,
      [FIGURES_DAYS],
    );
    if (ratio !== null) set({}, ratio);
  });
  metrics.gauge(pagerAlertIncidents, async (set) => {
    const { rows } = await queries.query<{ alert: string; verdict: Verdict | "unjudged"; count: number }>(
      "alert-incidents",
      `WITH recent AS (
         SELECT alertname, coalesce(closed_as, 'unjudged') AS verdict FROM incident
         WHERE opened_at > pager_now() - $1 * interval '1 day'
       ), most AS (SELECT alertname FROM recent GROUP BY alertname ORDER BY count(*) DESC, alertname LIMIT $2)
       SELECT alertname AS alert, verdict, count(*)::integer FROM recent JOIN most USING (alertname)
       GROUP BY alertname, verdict`,
      [FIGURES_DAYS, MAX_ALERTS],
    );
    for (const { alert, verdict, count } of rows) set({ alert, verdict }, count);
  });
}
