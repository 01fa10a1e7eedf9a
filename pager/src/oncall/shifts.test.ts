import { weekdays } from "@watchkeeper/catalogue/maintenance";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import type { Layer, Schedule } from "./schedule.ts";
import { gapsBetween, shiftsBetween, whoIsOnCall } from "./shifts.ts";
import { askEveryMinute } from "./test-oracle.ts";
import { parseWallTime, renderMoment } from "./wall-clock.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const BERLIN = "Europe/Berlin";

const layer = (changes: Partial<Omit<Layer, "starts">> & { starts: string }): Layer => ({
  name: "first",
  people: ["ada", "bob"],
  ends: undefined,
  turn: { count: 1, unit: "days" },
  windows: [],
  ...changes,
  starts: parseWallTime(changes.starts),
});
const schedule = (...layers: readonly Layer[]): Schedule => ({
  name: "directory",
  zone: BERLIN,
  layers,
  overrides: [],
  swaps: [],
});
const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

/** `ada 09:00+01:00 → 09:00+02:00` */
const said = (given: Schedule, from: string, to: string): readonly string[] => {
  const clock = (ms: number): string =>
    renderMoment(ms, given.zone).slice(5, 16) + renderMoment(ms, given.zone).slice(19);
  return shiftsBetween(given, at(from), at(to)).map(
    ({ person, fromMs, toMs }) => `${person} ${clock(fromMs)} → ${clock(toMs)}`,
  );
};

describe("in the night in which clocks go forward, 02:00 to 03:00", () => {
  const spring = ["2026-03-28T12:00Z", "2026-03-29T12:00Z"] as const;

  test("a handoff at 02:30, which no clock shows, is when clocks jump", () => {
    expect(said(schedule(layer({ starts: "2026-03-27T02:30" })), ...spring)).toEqual([
      "bob 03-28T13:00+01:00 → 03-29T03:00+02:00",
      "ada 03-29T03:00+02:00 → 03-29T14:00+02:00",
    ]);
  });

  test("turns of an hour stay on the hour, and the one that is never shown is left out", () => {
    const hourly = schedule(
      layer({ starts: "2026-03-29T00:00", turn: { count: 1, unit: "hours" }, people: ["a", "b", "c", "d"] }),
    );
    expect(said(hourly, "2026-03-28T23:00Z", "2026-03-29T02:00Z")).toEqual([
      "a 03-29T00:00+01:00 → 03-29T01:00+01:00",
      "b 03-29T01:00+01:00 → 03-29T03:00+02:00",
      "d 03-29T03:00+02:00 → 03-29T04:00+02:00",
    ]);
  });

  test("a night watch is an hour shorter", () => {
    const night = schedule(
      layer({
        starts: "2026-03-01T00:00",
        people: ["ada"],
        windows: [{ days: weekdays, from: "22:00", to: "06:00" }],
      }),
    );
    expect(said(night, ...spring)).toEqual(["ada 03-28T22:00+01:00 → 03-29T06:00+02:00"]);
  });
});

describe("in the night in which clocks go back, 03:00 to 02:00", () => {
  const autumn = ["2026-10-24T12:00Z", "2026-10-25T12:00Z"] as const;

  test("a handoff at 02:30, which clocks show twice, is at the first", () => {
    expect(said(schedule(layer({ starts: "2026-10-23T02:30" })), ...autumn)).toEqual([
      "bob 10-24T14:00+02:00 → 10-25T02:30+02:00",
      "ada 10-25T02:30+02:00 → 10-25T13:00+01:00",
    ]);
  });

  test("a window that ends at 02:30 ends at the second, and one that starts then starts at the first", () => {
    const until = schedule(
      layer({
        starts: "2026-10-01T00:00",
        people: ["ada"],
        windows: [{ days: weekdays, from: "22:00", to: "02:30" }],
      }),
    );
    expect(said(until, ...autumn)).toEqual(["ada 10-24T22:00+02:00 → 10-25T02:30+01:00"]);
    const since = schedule(
      layer({
        starts: "2026-10-01T00:00",
        people: ["ada"],
        windows: [{ days: weekdays, from: "02:30", to: "06:00" }],
      }),
    );
    expect(said(since, "2026-10-24T22:00Z", "2026-10-25T12:00Z")).toEqual([
      "ada 10-25T02:30+02:00 → 10-25T06:00+01:00",
    ]);
  });

  test("a window that ends at 02:00 ends at the first: after that no clock shows an earlier time", () => {
    const until = schedule(
      layer({
        starts: "2026-10-01T00:00",
        people: ["ada"],
        windows: [{ days: weekdays, from: "22:00", to: "02:00" }],
      }),
    );
    expect(said(until, ...autumn)).toEqual(["ada 10-24T22:00+02:00 → 10-25T02:00+02:00"]);
  });

  test("a turn of an hour lasts two", () => {
    const hourly = schedule(layer({ starts: "2026-10-25T01:00", turn: { count: 1, unit: "hours" } }));
    expect(said(hourly, "2026-10-24T23:00Z", "2026-10-25T03:00Z")).toEqual([
      "ada 10-25T01:00+02:00 → 10-25T02:00+02:00",
      "bob 10-25T02:00+02:00 → 10-25T03:00+01:00",
      "ada 10-25T03:00+01:00 → 10-25T04:00+01:00",
    ]);
  });
});

describe("a schedule", () => {
  const weekly = layer({ starts: "2026-01-05T09:00", turn: { count: 1, unit: "weeks" } });

  test("says why somebody is on call: the layer, then overrides over it, then swaps", () => {
    const noon = at("2026-01-07T12:00Z");
    const span = { fromMs: noon, toMs: noon + DAY_MS };
    const overridden = { ...schedule(weekly), overrides: [{ id: "holiday", person: "cyd", ...span }] };
    const swapped = { ...overridden, swaps: [{ id: "favour", between: ["cyd", "bob"] as const, ...span }] };
    expect(whoIsOnCall(schedule(weekly), noon)).toEqual({
      person: "ada",
      because: { kind: "layer", name: "first" },
    });
    expect(whoIsOnCall(overridden, noon)).toEqual({
      person: "cyd",
      because: { kind: "override", name: "holiday" },
    });
    expect(whoIsOnCall(swapped, noon)).toEqual({ person: "bob", because: { kind: "swap", name: "favour" } });
    expect(whoIsOnCall(swapped, noon + DAY_MS)?.person).toBe("ada");
  });

  test("has nobody before its first handoff, and finds its gaps", () => {
    const worked = schedule({ ...weekly, windows: [{ days: ["Monday"], from: "09:00", to: "17:00" }] });
    expect(whoIsOnCall(worked, at("2026-01-04T12:00Z"))).toBeUndefined();
    expect(gapsBetween(worked, at("2026-01-05T00:00Z"), at("2026-01-06T00:00Z"))).toEqual([
      { fromMs: at("2026-01-05T00:00Z"), toMs: at("2026-01-05T08:00Z") },
      { fromMs: at("2026-01-05T16:00Z"), toMs: at("2026-01-06T00:00Z") },
    ]);
  });

  test("takes turns of a month on the last day of a shorter one", () => {
    const monthly = schedule(layer({ starts: "2026-01-31T09:00", turn: { count: 1, unit: "months" } }));
    expect(said(monthly, "2026-01-31T08:00Z", "2026-04-01T00:00Z")).toEqual([
      "ada 01-31T09:00+01:00 → 02-28T09:00+01:00",
      "bob 02-28T09:00+01:00 → 03-31T09:00+02:00",
      "ada 03-31T09:00+02:00 → 04-01T02:00+02:00",
    ]);
  });

  test("is laid out for sixty days at once, and not for ten years", () => {
    const from = at("2026-01-05T08:00Z");
    expect(shiftsBetween(schedule(weekly), from, from + 60 * DAY_MS)).toHaveLength(9);
    expect(() => shiftsBetween(schedule(weekly), from, from + 3_650 * DAY_MS)).toThrow(
      "Cannot lay out shifts as the span is too long: at most 400 days",
    );
  });
});

/* Any zone, around one of its changes of the clock as often as not, in any of forty years. */

const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"];
const people = ["ada", "bob", "cyd", "dan"];
const FIRST = at("2000-01-05T00:00Z");
const LAST = at("2040-01-01T00:00Z");
const DAYS = 4;

function changeAfter(zone: string, ms: number): number {
  const next = Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition("next");
  return next ? Math.min(next.epochMilliseconds, LAST) : ms;
}

const clock = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 })),
    fc.constantFrom(0, 1, 15, 30, 59),
  )
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);

const anyWindow = fc.record({
  days: fc.subarray([...weekdays], { minLength: 1 }),
  from: clock,
  to: fc.oneof({ arbitrary: clock, weight: 9 }, { arbitrary: fc.constant("24:00"), weight: 1 }),
});

const anyTurn = fc.oneof(
  fc.record({ unit: fc.constant("hours" as const), count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({
    unit: fc.constantFrom("days" as const, "weeks" as const),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ unit: fc.constant("months" as const), count: fc.integer({ min: 1, max: 2 }) }),
);

const anySchedule = fc
  .record({
    zone: fc.constantFrom(...zones),
    near: fc.integer({ min: FIRST / MINUTE_MS, max: LAST / MINUTE_MS }),
    changes: fc.boolean(),
  })
  .chain(({ zone, near, changes }) => {
    const centre = changes ? changeAfter(zone, near * MINUTE_MS) : near * MINUTE_MS;
    const fromMs = Math.floor(centre / MINUTE_MS) * MINUTE_MS - (DAYS / 2) * DAY_MS;
    const wall = fc
      .tuple(fc.integer({ min: -70, max: DAYS }), clock)
      .map(([day, time]) =>
        parseWallTime(`${new Date(fromMs + day * DAY_MS).toISOString().slice(0, 10)}T${time}`),
      );
    const span = fc
      .tuple(fc.integer({ min: -2_000, max: DAYS * 1_440 }), fc.integer({ min: 1, max: 4_000 }))
      .map(([start, length]) => ({
        fromMs: fromMs + start * MINUTE_MS,
        toMs: fromMs + (start + length) * MINUTE_MS,
      }));
    const anyLayer = fc.record({
      name: fc.constantFrom("one", "two", "three"),
      people: fc.shuffledSubarray(people, { minLength: 1 }),
      starts: wall,
      ends: fc.option(wall, { nil: undefined, freq: 3 }),
      turn: anyTurn,
      windows: fc.array(anyWindow, { maxLength: 2 }),
    });
    const pair = fc
      .shuffledSubarray(people, { minLength: 2, maxLength: 2 })
      .map((two) => two as unknown as readonly [string, string]);
    return fc.record({
      fromMs: fc.constant(fromMs),
      schedule: fc.record({
        name: fc.constant("any"),
        zone: fc.constant(zone),
        layers: fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
        overrides: fc.array(
          fc.tuple(span, fc.constantFrom(...people)).map(([when, person]) => ({ ...when, id: "o", person })),
          { maxLength: 2 },
        ),
        swaps: fc.array(
          fc.tuple(span, pair).map(([when, between]) => ({ ...when, id: "s", between })),
          { maxLength: 2 },
        ),
      }),
    });
  });

/** Each compares 5,760 moments; zones change their clocks between 00:00 and 03:00 as a rule. */
const RUNS = Number(process.env.WATCHKEEPER_ONCALL_RUNS ?? 200);

test(
  "in every zone, around every change of the clock, the answer is that of looking once a minute",
  () => {
    fc.assert(
      fc.property(anySchedule, ({ schedule: given, fromMs }) => {
        const minutes = DAYS * 1_440;
        const expected = askEveryMinute(given, fromMs, minutes);
        const answer: (string | undefined)[] = new Array(minutes).fill(undefined);
        let before = fromMs;
        for (const shift of shiftsBetween(given, fromMs, fromMs + DAYS * DAY_MS)) {
          expect(shift.fromMs).toBeGreaterThanOrEqual(before);
          before = shift.toMs;
          answer.fill(shift.person, (shift.fromMs - fromMs) / MINUTE_MS, (shift.toMs - fromMs) / MINUTE_MS);
        }
        const wrong = expected.findIndex((person, i) => person !== answer[i]);
        if (wrong >= 0) {
          const when = new Date(fromMs + wrong * MINUTE_MS).toISOString();
          throw new Error(
            `${given.zone} ${when}: looking says ${expected[wrong]}, the answer is ${answer[wrong]}`,
          );
        }
        for (let i = 7; i < minutes; i += 1_009) {
          expect(whoIsOnCall(given, fromMs + i * MINUTE_MS)?.person).toBe(expected[i]);
        }
      }),
      {
        numRuns: RUNS,
        // The same schedules in every run of the tests; whoever asks for more looks elsewhere each time.
        ...(RUNS > 200 ? {} : { seed: 20_260_101 }),
        interruptAfterTimeLimit: RUNS > 200 ? 600_000 : 15_000,
        markInterruptAsFailure: false,
      },
    );
  },
  RUNS > 200 ? 600_000 : 20_000,
);
