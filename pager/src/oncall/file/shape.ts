import { labels } from "@watchkeeper/catalogue/labels";
import { weekdays } from "@watchkeeper/catalogue/maintenance";
import { z } from "zod";
import type { TurnLength } from "../schedule.ts";
import { parseWallTime, zoneProblem } from "../wall-clock.ts";

/*
 * The shape of the on-call file. What one value alone can get wrong is refused here; what two values can get wrong
 * together is refused in `contradictions.ts`.
 */

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const name = z
  .string()
  .regex(NAME, "a name has small letters, digits and dashes, begins with a letter, at most 40");
const title = z.string().min(1).max(100);

const zone = z.string().superRefine((text, context) => {
  const problem = zoneProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const wallTime = z.string().transform((text, context) => {
  const [date, clock] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)$/.exec(text)?.slice(1) ?? [];
  try {
    if (date !== undefined && clock !== undefined) return parseWallTime(`${date}T${clock}`);
  } catch {
    // Said below: there is no 31st of February either.
  }
  context.addIssue({
    code: "custom",
    message: `"${text}" is no date and time: write it as 2026-01-05 09:00`,
  });
  return z.NEVER;
});

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const clock = z.string().regex(CLOCK, "a time of day is written as 09:00, in quotes");
const endClock = z.string().refine((text) => CLOCK.test(text) || text === "24:00", {
  error: "a time of day is written as 17:00, in quotes; midnight at its end is 24:00",
});

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `5m` as milliseconds. */
const duration = (minMs: number, maxMs: number, range: string) =>
  z.string().transform((text, context) => {
    const [, count, unit] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
    const ms = Number(count) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? Number.NaN);
    if (ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({ code: "custom", message: `"${text}" is no time ${range}: write it as 90s, 5m or 1h` });
    return z.NEVER;
  });

const MAX_TURNS: Readonly<Record<TurnLength["unit"], number>> = {
  hours: 720,
  days: 366,
  weeks: 52,
  months: 12,
};

const turn = z.string().transform((text, context): TurnLength => {
  const [, count, unit] = /^(\d{1,3}) (hour|day|week|month)s?$/.exec(text) ?? [];
  const units = `${unit}s` as TurnLength["unit"];
  if (Number(count) >= 1 && Number(count) <= MAX_TURNS[units]) return { count: Number(count), unit: units };
  context.addIssue({
    code: "custom",
    message: `"${text}" is no turn: write it as 12 hours, 1 day, 2 weeks or 1 month`,
  });
  return z.NEVER;
});

const days = z
  .array(z.enum(weekdays))
  .min(1, "without a day the window never opens: name days, or leave the window out")
  .default([...weekdays]);

const window = z.strictObject({ days, from: clock, to: endClock });

const layer = z.strictObject({
  name,
  people: z
    .array(name)
    .min(1, "an empty layer has nobody on call: name people, or leave the layer out")
    .max(100),
  starts: wallTime,
  ends: wallTime.optional(),
  turn,
  windows: z
    .array(window)
    .min(1, "without a window the layer never has anybody on call: leave windows out for always")
    .max(20)
    .optional(),
});

const override = z.strictObject({ from: wallTime, to: wallTime, person: name });
const swap = z.strictObject({ from: wallTime, to: wallTime, between: z.tuple([name, name]) });

const schedule = z.strictObject({
  title,
  team: name,
  zone,
  /** Nobody on call at times is meant: no warning about it. */
  mayHaveGaps: z.boolean().default(false),
  layers: z.array(layer).min(1, "a schedule without layers has nobody on call: give it a layer").max(20),
  overrides: z.array(override).max(500).default([]),
  swaps: z.array(swap).max(500).default([]),
});

const person = z.strictObject({
  name: title,
  team: name,
  /** Their member ID in Slack: whoever presses a button there is shown as this person. */
  slackUser: z
    .string()
    .regex(/^[UW][A-Z0-9]{5,20}$/, "a member ID of Slack looks like U024BE7LH: it is in their profile's menu")
    .optional(),
  /** In the order in which they are tried. */
  channels: z
    .array(
      z.strictObject({
        channel: z.enum(labels.channel.values),
        address: z
          .string()
          .regex(/^[^\s\p{Cc}]+$/u, "an address has no blanks")
          .max(300),
      }),
    )
    .min(1, "nobody could be told: give them a channel")
    .max(10),
});

const team = z.strictObject({
  title,
  /** Whether everybody whom an escalation may ask gets a test page once a week, in working hours. */
  weeklyTestPage: z.boolean().default(true),
  /** Who hears, in working hours, of gaps and of people who cannot be reached. */
  owner: name,
  workingHours: z.strictObject({ zone, days, from: clock, to: endClock }),
});

const target = z
  .string()
  .regex(
    /^(?:schedule|person|team):[a-z][a-z0-9-]*$/,
    "a target is written as schedule:…, person:… or team:…",
  );
const targets = z.array(target).min(1, "a level that asks nobody only loses time: name a target").max(20);

const HOUR_MS = 3_600_000;

const policy = z.strictObject({
  title,
  levels: z
    .array(z.strictObject({ targets, wait: duration(1_000, 24 * HOUR_MS, "between 1s and 24h") }))
    .min(1, "a policy without levels asks nobody: give it a level")
    .max(20),
  repeat: z.number().int().min(0).max(10).default(0),
  /** The policy that goes on when all levels were asked in vain. */
  next: name.optional(),
  acknowledgementLasts: duration(60_000, 24 * HOUR_MS, "between 1m and 24h")
    .or(z.literal("forever"))
    .default(30 * 60_000),
});

const oneOrMore = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1)]);

const route = z.strictObject({
  service: oneOrMore(z.string().min(1)).optional(),
  priority: oneOrMore(z.enum(labels.priority.values)).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  policy: name,
});

export const fileShape = z.strictObject({
  teams: z.record(name, team),
  people: z.record(name, person),
  schedules: z.record(name, schedule),
  policies: z.record(name, policy),
  /** The first that fits decides. */
  routes: z.array(route).max(500),
  /** Who is asked when nobody else is left, and for what no route fits. */
  catchAll: targets,
});

/** The on-call file as it is written, its times read. */
export type OnCallFile = z.infer<typeof fileShape>;
