import { createHash, randomBytes } from "node:crypto";
import type { Queries } from "@watchkeeper/exporters/database";
import { type Response, Router } from "express";
import { renderCalendar } from "./calendar.ts";
import { loadExceptions, withExceptions } from "./exceptions.ts";
import { databaseNow } from "./load-readiness.ts";
import type { Roster } from "./roster.ts";
import { DAY_MS, shiftsBetween } from "./shifts.ts";

/** A calendar shows what was, and as far ahead as people plan. */
const PAST_DAYS = 30;
const AHEAD_DAYS = 60;

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/**
 * Makes the address of a calendar feed. Calendar programs cannot send a token, so the address itself is the secret; it
 * is shown once and only its hash is kept.
 *
 * @returns its id, and the path under the pager's address
 */
export async function addCalendarLink(
  queries: Queries,
  schedule: string,
  person: string | null,
  by: string,
): Promise<{ readonly id: string; readonly path: string }> {
  const secret = randomBytes(24).toString("base64url");
  const { rows } = await queries.query<{ id: string }>(
    "add-calendar-link",
    "INSERT INTO calendar_link (schedule, person, secret_hash, created_by) VALUES ($1, $2, $3, $4) RETURNING id",
    [schedule, person, hashOf(secret), by],
  );
  return { id: rows[0]?.id ?? "", path: `/calendars/${secret}.ics` };
}

/** @returns whether there was such a link */
export async function withdrawCalendarLink(queries: Queries, id: string): Promise<boolean> {
  const { rowCount } = await queries.query(
    "withdraw-calendar-link",
    "UPDATE calendar_link SET withdrawn_at = pager_now() WHERE id = $1 AND withdrawn_at IS NULL",
    [id],
  );
  return rowCount === 1;
}

/** `GET /calendars/:secret.ics`, for calendar programs. */
export function createCalendarRoutes(queries: Queries, roster: () => Roster): Router {
  const router = Router();
  const gone = (res: Response): void => {
    res.status(404).json({ error: { code: "not_found", message: "Cannot find a calendar at this address" } });
  };
  router.get("/calendars/:file", async (req, res) => {
    const secret = /^([\w-]{32})\.ics$/.exec(req.params.file)?.[1];
    if (secret === undefined) return gone(res);
    const { rows } = await queries.query<{ schedule: string; person: string | null }>(
      "find-calendar-link",
      "SELECT schedule, person FROM calendar_link WHERE secret_hash = $1 AND withdrawn_at IS NULL",
      [hashOf(secret)],
    );
    const link = rows[0];
    const { schedules, file } = roster();
    const schedule = link && schedules.get(link.schedule);
    if (!link || !schedule) return gone(res);
    const nowMs = (await databaseNow(queries)).getTime();
    // Whole days: a shift cut off at the edge keeps its times from one reading to the next.
    const fromMs = Math.floor(nowMs / DAY_MS - PAST_DAYS) * DAY_MS;
    const toMs = fromMs + (PAST_DAYS + AHEAD_DAYS) * DAY_MS;
    const exceptions = await loadExceptions(queries, { fromMs, toMs });
    const shifts = shiftsBetween(withExceptions(schedule, exceptions), fromMs, toMs);
    res.set("cache-control", "private, max-age=300").type("text/calendar; charset=utf-8");
    res.send(
      renderCalendar({
        title: file.schedules[schedule.name]?.title ?? schedule.name,
        schedule: schedule.name,
        shifts: shifts.filter(({ person }) => link.person === null || person === link.person),
        nameOf: (person) => file.people[person]?.name ?? person,
        madeAtMs: nowMs,
      }),
    );
  });
  return router;
}
