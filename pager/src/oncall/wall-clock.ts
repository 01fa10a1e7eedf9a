import { Temporal } from "temporal-polyfill";

/*
 * A time on a clock on the wall of some zone is not always one moment: where clocks go forward it may never be shown,
 * where they go back it is shown twice. Two rules settle it, and neither knows of a rule of daylight saving time:
 *
 *   a start is the first moment at which the clock shows that time or a later one (not shown: when the clock jumps
 *   over it; shown twice: the first of the two);
 *   an end is the moment from which on the clock shows no earlier time any more (the second of the two; the first where
 *   the clock goes back to that very time).
 *
 * So nobody who starts at 02:30 starts late, and nobody who goes on until 02:30 leaves early.
 */

/** A date and a time without a zone, such as `2026-01-05T09:00`. */
export type WallTime = Temporal.PlainDateTime;

/** @throws RangeError when the text is no date and time */
export const parseWallTime = (text: string): WallTime => Temporal.PlainDateTime.from(text);

/** What the zone's clock shows at a moment (milliseconds since 1970). */
export const wallTimeAt = (atMs: number, zone: string): WallTime =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDateTime();

function momentOf(wall: WallTime, zone: string, which: "earlier" | "later"): number {
  const moment = wall.toZonedDateTime(zone, { disambiguation: which });
  if (moment.toPlainDateTime().equals(wall)) return moment.epochMilliseconds;
  // Never shown. The earlier reading lies before the jump that skips it.
  const before = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  return before.getTimeZoneTransition("next")?.epochMilliseconds ?? moment.epochMilliseconds;
}

/** The moment of a start, in milliseconds since 1970. */
export const startMsOf = (wall: WallTime, zone: string): number => momentOf(wall, zone, "earlier");

const changesAt = (atMs: number, zone: string): boolean =>
  Temporal.Instant.fromEpochMilliseconds(atMs - 1)
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition("next")?.epochMilliseconds === atMs;

/** The moment of an end, in milliseconds since 1970. */
export function endMsOf(wall: WallTime, zone: string): number {
  const later = momentOf(wall, zone, "later");
  const earlier = momentOf(wall, zone, "earlier");
  return earlier < later && changesAt(later, zone) ? earlier : later;
}

/** `2026-03-29T03:00:00+02:00`: a moment as people of the zone write it. */
export const renderMoment = (atMs: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: "never", smallestUnit: "second" });

/** The names of IANA zones that this Node.js knows, `UTC` included; links such as `US/Eastern` are not in it. */
const canonical = new Map(
  [...Intl.supportedValuesOf("timeZone"), "UTC"].map((zone) => [zone.toLowerCase(), zone]),
);

/**
 * Why a text is no zone that a rotation can follow; undefined when it is one. An offset such as `+02:00` is none: it
 * does not know when its clocks change.
 */
export function zoneProblem(text: string): string | undefined {
  if (/^[+-]/.test(text) || /^(?:etc\/)?(?:gmt|utc)[+-]/i.test(text)) {
    return `"${text}" is an offset, which has no daylight saving time: name a place, such as Europe/Berlin`;
  }
  try {
    const known = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
    if (known === text) return undefined;
    return `"${text}" is not spelt as the IANA database does: write ${known}`;
  } catch {
    const place = text.split("/").at(-1)?.toLowerCase() ?? "";
    const near = [...canonical].find(([name]) => name.split("/").at(-1) === place)?.[1];
    const hint = near === undefined ? "an IANA name is Europe/Berlin, or UTC" : `perhaps ${near}`;
    return `"${text}" is no time zone: ${hint}`;
  }
}
