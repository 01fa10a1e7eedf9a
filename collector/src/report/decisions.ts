import type { Incident } from "../upstream/pager.ts";
import type { ReportData } from "./data.ts";
import { duration, percent, several } from "./numbers.ts";
import { localTime } from "./period.ts";

/** Below these nobody needs to decide anything. Each is a judgement, not a measurement. */
const LITTLE_BUDGET = 0.25;
const LONG_UNMEASURED_SECONDS = 3_600;
const MANY_FRUITLESS = 0.2;
const LONG_OPEN_MS = 24 * 60 * 60_000;
const BRIEF_MS = 10 * 60_000;

/** A page that nobody took on and that ended by itself soon: it woke somebody for nothing. */
export const isNoise = ({ severity, acknowledged, startedAt, resolvedAt }: Incident): boolean =>
  severity === "page" && !acknowledged && resolvedAt !== null && resolvedAt - startedAt < BRIEF_MS;

/** A page at a time at which people sleep or rest. */
export function isAtNight({ severity, startedAt }: Incident, timeZone: string): boolean {
  const { hour, weekend } = localTime(startedAt, timeZone);
  return severity === "page" && (weekend || hour < 7 || hour >= 22);
}

/** What somebody should decide now, the gravest first, each with what it rests on. */
export function decisionsOf({ period, toMs, kept, incidents, business }: ReportData): readonly string[] {
  const found: string[] = [];
  for (const { promise, events, budgetSpent, remaining } of kept.ok ? kept.value : []) {
    if (events > 0 && budgetSpent > 1) {
      found.push(
        `${promise.name} was broken: ${percent(budgetSpent, 0)} of what it allowed for this ${period.kind}. ` +
          `Decide what work gives way to mending it, or whether the promise is the right one.`,
      );
    } else if (remaining !== undefined && remaining < LITTLE_BUDGET) {
      found.push(
        `${promise.name} has ${remaining <= 0 ? "nothing" : `only ${percent(remaining, 0)}`} left of its budget of ` +
          `${promise.days} days. Decide whether risky changes wait.`,
      );
    }
  }
  const unmeasured = (kept.ok ? kept.value : []).filter(
    ({ notMeasuredSeconds }) => notMeasuredSeconds > LONG_UNMEASURED_SECONDS,
  );
  if (unmeasured.length > 0) {
    const longest = Math.max(...unmeasured.map(({ notMeasuredSeconds }) => notMeasuredSeconds));
    found.push(
      `${several(unmeasured.length, "promise was", "promises were")} not measured for up to ${duration(longest)}. ` +
        `Decide who finds out why: what nobody measured may have been an outage.`,
    );
  }
  if (!kept.ok) found.push(`Nothing was measured: ${kept.reason}. Decide who brings measuring back.`);
  if (incidents.ok) {
    const { list } = incidents.value;
    const open = list.filter(
      ({ resolvedAt, startedAt }) => resolvedAt === null && toMs - startedAt > LONG_OPEN_MS,
    );
    if (open.length > 0) {
      found.push(
        `${several(open.length, "incident has", "incidents have")} been open for more than a day ` +
          `(${open.map(({ number }) => `#${number}`).join(", ")}). Decide who ends ${open.length === 1 ? "it" : "them"}.`,
      );
    }
    const noise = list.filter(isNoise);
    if (noise.length >= 3) {
      found.push(
        `${several(noise.length, "page")} ended within ten minutes before anybody looked. ` +
          `Decide which of these alerts should wait longer or only write a ticket.`,
      );
    }
    const nights = list.filter((incident) => isAtNight(incident, period.timeZone));
    if (nights.length >= 3) {
      found.push(
        `People were paged ${several(nights.length, "time")} at night or on a weekend. Decide what would have let them sleep.`,
      );
    }
  }
  if (business.ok) {
    const { searches, emptySearches, nps } = business.value;
    if (searches >= 50 && emptySearches / searches > MANY_FRUITLESS) {
      found.push(
        `${percent(emptySearches / searches, 0)} of searches found nobody. Decide who completes the directory's data.`,
      );
    }
    if (nps.score !== null && nps.responses >= 10 && nps.score < 0) {
      found.push(
        "More people would advise against the directory than recommend it. Decide who asks them why.",
      );
    }
  }
  return found;
}
