import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { loadExceptions, withExceptions } from "../../oncall/exceptions.ts";
import { databaseNow } from "../../oncall/load-readiness.ts";
import type { Roster } from "../../oncall/roster.ts";
import type { Schedule, Shift } from "../../oncall/schedule.ts";
import { DAY_MS, gapsBetween, MAX_SPAN_DAYS, shiftsBetween } from "../../oncall/shifts.ts";
import { renderMoment } from "../../oncall/wall-clock.ts";
import { ApiError, defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { moment, name } from "../schemas.ts";

const because = z.strictObject({ kind: z.enum(["layer", "override", "swap"]), name: z.string() });

const span = {
  from: z.date(),
  to: z.date(),
  localFrom: z.string().meta({ description: "As clocks of the schedule's zone show it" }),
  localTo: z.string(),
};
const shift = z
  .strictObject({ person: z.string(), name: z.string(), because, ...span })
  .meta({ id: "Shift" });
const gap = z.strictObject(span).meta({ id: "Gap" });

const onCall = z
  .strictObject({
    schedule: z.string(),
    title: z.string(),
    team: z.string(),
    zone: z.string(),
    person: z.string().nullable().meta({ description: "null: nobody" }),
    name: z.string().nullable(),
    because: because.nullable(),
    until: z.date().nullable().meta({ description: "When this changes; null: not within 60 days" }),
  })
  .meta({ id: "OnCall" });

/** What is laid out where nobody says how far. */
const USUAL_DAYS = 14;
const LOOK_AHEAD_DAYS = 60;

export const schedulePath = z.object({ schedule: name });

export interface OnCallContext {
  readonly database: QueryRunner;
  readonly roster: () => Roster;
}

/** @throws ApiError when the file has no such schedule */
export function scheduleOf(roster: Roster, id: string): Schedule {
  const schedule = roster.schedules.get(id);
  if (!schedule) throw notFound(`a schedule "${id}"`);
  return schedule;
}

/** Who is on call when, from the on-call file and from overrides and swaps. */
export function createOnCallEndpoints({ database, roster }: OnCallContext): readonly Endpoint[] {
  const nameOf = (person: string): string => roster().file.people[person]?.name ?? person;

  const spanOf = ({ zone }: Schedule, { fromMs, toMs }: Pick<Shift, "fromMs" | "toMs">) => ({
    from: new Date(fromMs),
    to: new Date(toMs),
    localFrom: renderMoment(fromMs, zone),
    localTo: renderMoment(toMs, zone),
  });

  const onCallAt = async (
    at: Date | undefined,
  ): Promise<{ at: Date; schedules: z.input<typeof onCall>[] }> => {
    const when = at ?? (await databaseNow(database));
    const fromMs = when.getTime();
    const toMs = fromMs + LOOK_AHEAD_DAYS * DAY_MS;
    const exceptions = await loadExceptions(database, { fromMs, toMs });
    const { schedules, file } = roster();
    return {
      at: when,
      schedules: [...schedules.values()].map((schedule) => {
        const [first] = shiftsBetween(withExceptions(schedule, exceptions), fromMs, toMs);
        const now = first?.fromMs === fromMs ? first : undefined;
        const untilMs = now?.toMs ?? first?.fromMs ?? toMs;
        return {
          schedule: schedule.name,
          title: file.schedules[schedule.name]?.title ?? schedule.name,
          team: file.schedules[schedule.name]?.team ?? "",
          zone: schedule.zone,
          person: now?.person ?? null,
          name: now ? nameOf(now.person) : null,
          because: now?.because ?? null,
          until: untilMs < toMs ? new Date(untilMs) : null,
        };
      }),
    };
  };

  return [
    defineEndpoint({
      id: "whoIsOnCall",
      method: "get",
      url: "/api/on-call",
      tag: "On-call",
      summary: "Who is on call, now or at a moment",
      role: "viewer",
      query: z.strictObject({ at: moment.optional() }),
      answer: z.strictObject({ at: z.date(), schedules: z.array(onCall) }),
      run: ({ query }) => onCallAt(query.at),
    }),
    defineEndpoint({
      id: "showSchedule",
      method: "get",
      url: "/api/schedules/{schedule}/shifts",
      tag: "On-call",
      summary: "The shifts of a schedule and its gaps",
      description: `At most ${MAX_SPAN_DAYS} days at once; ${USUAL_DAYS} days from now where nothing is said.`,
      role: "viewer",
      path: schedulePath,
      query: z.strictObject({ from: moment.optional(), to: moment.optional() }),
      answer: z.strictObject({
        schedule: z.string(),
        title: z.string(),
        team: z.string(),
        zone: z.string(),
        from: z.date(),
        to: z.date(),
        shifts: z.array(shift),
        gaps: z.array(gap),
      }),
      run: async ({ path, query }) => {
        const schedule = scheduleOf(roster(), path.schedule);
        const fromMs = (query.from ?? (await databaseNow(database))).getTime();
        const toMs = query.to?.getTime() ?? fromMs + USUAL_DAYS * DAY_MS;
        if (toMs <= fromMs || toMs - fromMs > MAX_SPAN_DAYS * DAY_MS) {
          const message = `Cannot lay out the shifts as to must be after from, by ${MAX_SPAN_DAYS} days at most`;
          throw new ApiError(400, "invalid_query", message);
        }
        const exceptions = await loadExceptions(database, { fromMs, toMs });
        const whole = withExceptions(schedule, exceptions);
        const about = roster().file.schedules[schedule.name];
        return {
          schedule: schedule.name,
          title: about?.title ?? schedule.name,
          team: about?.team ?? "",
          zone: schedule.zone,
          from: new Date(fromMs),
          to: new Date(toMs),
          shifts: shiftsBetween(whole, fromMs, toMs).map((one) => ({
            person: one.person,
            name: nameOf(one.person),
            because: { ...one.because },
            ...spanOf(schedule, one),
          })),
          gaps: gapsBetween(whole, fromMs, toMs).map((one) => spanOf(schedule, one)),
        };
      },
    }),
  ];
}
