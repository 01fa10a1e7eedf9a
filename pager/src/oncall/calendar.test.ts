import ICAL from "ical.js";
import { expect, test } from "vitest";
import { renderCalendar } from "./calendar.ts";
import { shiftsBetween } from "./shifts.ts";
import { sampleRoster } from "./test-roster.ts";

const from = Date.UTC(2026, 2, 27);
const shifts = shiftsBetween(sampleRoster().schedules.get("product") as never, from, from + 5 * 86_400_000);
const feed = (title: string): string =>
  renderCalendar({
    title,
    schedule: "product",
    shifts,
    nameOf: (person) => person.toUpperCase(),
    madeAtMs: from,
  });

/** Each event as another program reads it. */
const eventsOf = (text: string) =>
  new ICAL.Component(ICAL.parse(text))
    .getAllSubcomponents("vevent")
    .map((component) => new ICAL.Event(component));

test("a calendar program reads each shift with its moments, over a change of the clock too", () => {
  const events = eventsOf(feed("Product"));
  expect(
    events.map(({ summary, startDate, endDate }) => [
      summary,
      startDate.toJSDate().getTime(),
      endDate.toJSDate().getTime(),
    ]),
  ).toEqual(
    shifts.map(({ person, fromMs, toMs }) => [`${person.toUpperCase()} on call: Product`, fromMs, toMs]),
  );
  expect(new Set(events.map(({ uid }) => uid)).size).toBe(shifts.length);
  expect(shifts).toHaveLength(6);
});

test("lines end in CRLF, hold at most 75 octets, and what a title says stays text", () => {
  const title = `Bereitschaft für Übernächtigte; 夜勤, 第一 🌙\nEND:VEVENT ${"ü".repeat(80)}`;
  const text = feed(title);
  for (const line of text.split("\r\n")) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line).not.toMatch(/[\n\r�]/);
  }
  expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
  expect(text.match(/^END:VEVENT\r$/gm)).toHaveLength(shifts.length);
  expect(eventsOf(text)[0]?.summary).toContain(title);
});
