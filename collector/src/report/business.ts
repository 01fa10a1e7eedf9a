import type { Database } from "../database/database.ts";
import { NPS } from "../usage/figures.ts";
import { endOf, type ReportPeriod, startOf } from "./period.ts";

/** What people did in a period. */
export interface BusinessPeriod {
  readonly people: number;
  readonly tenants: number;
  readonly logins: number;
  readonly searches: number;
  readonly emptySearches: number;
  readonly views: number;
  readonly updates: number;
  readonly nps: { readonly score: number | null; readonly responses: number };
  readonly tickets: {
    readonly opened: number;
    readonly resolved: number;
    readonly medianSeconds: number | null;
  };
}

export interface Business extends BusinessPeriod {
  readonly peopleByDay: readonly number[];
  readonly loginsByDay: readonly number[];
  readonly ticketsOpen: number;
  /** Newest first; what people themselves wrote. */
  readonly comments: readonly { readonly score: number; readonly comment: string }[];
  /** From when on events were counted, in milliseconds since 1970. */
  readonly measuredFromMs: number;
  readonly demo: boolean;
}

const iso = (ms: number): string => new Date(ms).toISOString();

const EVENTS = `SELECT kind, sum(events)::float8 AS events FROM collector.usage_hour
  WHERE hour >= $1 AND hour < $2 GROUP BY kind`;

const PEOPLE = `SELECT count(*)::int AS people, count(DISTINCT tenant_id)::int AS tenants
  FROM collector.person_period WHERE first_day = $1 AND kind = $2`;

const ANSWERS = `SELECT ${NPS} AS score, count(*)::int AS responses FROM collector.nps_response
  WHERE answered_at >= $1 AND answered_at < $2`;

const TICKETS = `SELECT
    (SELECT count(*) FROM collector.ticket WHERE opened_at >= $1 AND opened_at < $2)::int AS opened,
    (SELECT count(*) FROM collector.ticket WHERE resolved_at >= $1 AND resolved_at < $2)::int AS resolved,
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at))
     FROM collector.ticket WHERE resolved_at >= $1 AND resolved_at < $2)::float8 AS "medianSeconds"`;

/** The figures of a period, from the roll-ups. Hours belong to the day in which they begin. */
export async function loadBusinessPeriod(
  { query }: Pick<Database, "query">,
  period: ReportPeriod,
): Promise<BusinessPeriod> {
  const span = [iso(startOf(period)), iso(endOf(period))];
  const events = await query<{ kind: string; events: number }>("report_events", EVENTS, span);
  const of = (kind: string): number => events.rows.find((row) => row.kind === kind)?.events ?? 0;
  const people = await query<{ people: number; tenants: number }>("report_people", PEOPLE, [
    period.days[0],
    period.kind,
  ]);
  const answers = await query<BusinessPeriod["nps"] & { [column: string]: unknown }>(
    "report_nps",
    ANSWERS,
    span,
  );
  const tickets = await query<BusinessPeriod["tickets"] & { [column: string]: unknown }>(
    "report_tickets",
    TICKETS,
    span,
  );
  return {
    people: people.rows[0]?.people ?? 0,
    tenants: people.rows[0]?.tenants ?? 0,
    logins: of("login"),
    searches: of("search") + of("empty_search"),
    emptySearches: of("empty_search"),
    views: of("profile_view"),
    updates: of("profile_update"),
    nps: answers.rows[0] ?? { score: null, responses: 0 },
    tickets: tickets.rows[0] ?? { opened: 0, resolved: 0, medianSeconds: null },
  };
}

/** The same with what a report shows of single days, and how far it may be believed. */
export async function loadBusiness(
  database: Pick<Database, "query">,
  period: ReportPeriod,
): Promise<Business> {
  const { query } = database;
  const byDay = await query<{ day: string; people: number }>(
    "report_people_by_day",
    "SELECT day::text, people::int AS people FROM collector.people_day WHERE day BETWEEN $1 AND $2",
    [period.days[0], period.days.at(-1)],
  );
  const logins = await query<{ hour: Date; events: number }>(
    "report_logins_by_hour",
    `SELECT hour, events::float8 AS events FROM collector.usage_hour
     WHERE kind = 'login' AND hour >= $1 AND hour < $2`,
    [iso(startOf(period)), iso(endOf(period))],
  );
  const comments = await query<{ score: number; comment: string }>(
    "report_comments",
    `SELECT score, comment FROM collector.nps_response WHERE comment <> '' AND answered_at >= $1 AND answered_at < $2
     ORDER BY answered_at DESC, id LIMIT 3`,
    [iso(startOf(period)), iso(endOf(period))],
  );
  const state = await query<{ open: number; measured_from: Date; demo: boolean }>(
    "report_state",
    `SELECT (SELECT count(*) FROM collector.ticket
         WHERE opened_at < $1 AND (resolved_at IS NULL OR resolved_at >= $1))::int AS open,
       least((SELECT at FROM collector.install), (SELECT min(hour) FROM collector.usage_hour)) AS measured_from,
       EXISTS (SELECT FROM collector.tenant WHERE demo) AS demo`,
    [iso(endOf(period))],
  );
  const row = state.rows[0];
  return {
    ...(await loadBusinessPeriod(database, period)),
    peopleByDay: period.days.map((day) => byDay.rows.find((one) => one.day === day)?.people ?? 0),
    loginsByDay: period.days.map((_, i) =>
      logins.rows
        .filter(
          ({ hour }) =>
            hour.getTime() >= (period.midnights[i] ?? 0) && hour.getTime() < (period.midnights[i + 1] ?? 0),
        )
        .reduce((sum, { events }) => sum + events, 0),
    ),
    ticketsOpen: row?.open ?? 0,
    comments: comments.rows,
    measuredFromMs: row?.measured_from.getTime() ?? 0,
    demo: row?.demo ?? false,
  };
}
