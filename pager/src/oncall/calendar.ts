import type { Shift } from "./schedule.ts";

export interface Calendar {
  /** What calendars call the feed. */
  readonly title: string;
  readonly schedule: string;
  readonly shifts: readonly Shift[];
  readonly nameOf: (person: string) => string;
  /** Milliseconds since 1970. */
  readonly madeAtMs: number;
}

const MAX_OCTETS = 75;

/** `20260105T080000Z` */
const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

const escaped = (text: string): string =>
  text
    .replaceAll(/[\\;,]/g, "\\$&")
    .replaceAll(/\r\n|\r|\n/g, "\\n")
    .replaceAll(/\p{Cc}/gu, "");

/** RFC 5545, 3.1: lines of at most 75 octets, never cut inside of a character. */
function fold(line: string): string {
  const lines: string[] = [];
  let part = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MAX_OCTETS) {
      lines.push(part);
      part = " ";
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...lines, part].join("\r\n");
}

/**
 * The shifts as an iCalendar feed (RFC 5545). Times are in UTC, so that no reader needs to know the zone's rules; each
 * shows them in its own. A shift keeps its UID as long as its schedule, person and end stay.
 */
export function renderCalendar({ title, schedule, shifts, nameOf, madeAtMs }: Calendar): string {
  const events = shifts.flatMap((shift) => [
    "BEGIN:VEVENT",
    `UID:${schedule}-${shift.person}-${utc(shift.toMs)}@watchkeeper`,
    `DTSTAMP:${utc(madeAtMs)}`,
    `DTSTART:${utc(shift.fromMs)}`,
    `DTEND:${utc(shift.toMs)}`,
    `SUMMARY:${escaped(`${nameOf(shift.person)} on call: ${title}`)}`,
    `DESCRIPTION:${escaped(`By the ${shift.because.kind} ${shift.because.name}.`)}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ]);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Watchkeeper//On-call//EN",
    "CALSCALE:GREGORIAN",
    `NAME:${escaped(title)}`,
    `X-WR-CALNAME:${escaped(title)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ...events,
    "END:VCALENDAR",
  ];
  return `${lines.map(fold).join("\r\n")}\r\n`;
}
