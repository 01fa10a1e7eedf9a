import type { Queries } from "@watchkeeper/exporters/database";
import type { Directory, OnCallSpan, Target, TargetReference } from "../escalation/directory.ts";
import { loadExceptions, withExceptions } from "./exceptions.ts";
import { membersOf, type Roster, routeIncident, targetOf } from "./roster.ts";
import type { Shift, Span } from "./schedule.ts";
import { shiftsBetween } from "./shifts.ts";

/**
 * Answers whom an escalation asks, from the on-call file and from the overrides and swaps in the database.
 *
 * @param current the roster of the moment; asked anew each time, so that a changed file counts at once
 */
export function createDirectory(current: () => Roster): Directory {
  async function spansOf(
    queries: Queries,
    references: readonly TargetReference[],
    span: Span,
  ): Promise<readonly OnCallSpan[]> {
    const roster = current();
    const shifts = await shiftsOf(queries, roster, references, span);
    const edges = new Set([span.fromMs, span.toMs]);
    for (const { fromMs, toMs } of [...shifts.values()].flat()) edges.add(fromMs).add(toMs);
    const sorted = [...edges].sort((one, other) => one - other);
    return sorted.slice(0, -1).map((fromMs, i) => ({
      from: new Date(fromMs),
      to: new Date(sorted[i + 1] as number),
      targets: peopleAt(roster, references, shifts, fromMs),
    }));
  }

  return {
    policyFor: (incident) => routeIncident(current(), incident).policy,
    policies: () => [...current().policies.values()],
    async targetsAt(queries, references, at) {
      const fromMs = at.getTime();
      return (await spansOf(queries, references, { fromMs, toMs: fromMs + 1 }))[0]?.targets ?? [];
    },
    spansOf: (queries, references, from, to) =>
      spansOf(queries, references, { fromMs: from.getTime(), toMs: to.getTime() }),
  };
}

const split = (reference: TargetReference): readonly [string, string] => {
  const colon = reference.indexOf(":");
  return [reference.slice(0, colon), reference.slice(colon + 1)];
};

/** The shifts of each schedule among the references. The database is not asked when there is none. */
async function shiftsOf(
  queries: Queries,
  roster: Roster,
  references: readonly TargetReference[],
  span: Span,
): Promise<ReadonlyMap<TargetReference, readonly Shift[]>> {
  const schedules = references.flatMap((reference) => {
    const [kind, name] = split(reference);
    const schedule = kind === "schedule" ? roster.schedules.get(name) : undefined;
    return schedule ? [[reference, schedule] as const] : [];
  });
  if (schedules.length === 0) return new Map();
  const exceptions = await loadExceptions(queries, span);
  return new Map(
    schedules.map(([reference, schedule]) => [
      reference,
      shiftsBetween(withExceptions(schedule, exceptions), span.fromMs, span.toMs),
    ]),
  );
}

/** Each person once, in the order of the references. One that the file does not know any more is nobody. */
function peopleAt(
  roster: Roster,
  references: readonly TargetReference[],
  shifts: ReadonlyMap<TargetReference, readonly Shift[]>,
  atMs: number,
): readonly Target[] {
  const people = references.flatMap((reference): readonly string[] => {
    const [kind, name] = split(reference);
    if (kind === "person") return [name];
    if (kind === "team") return membersOf(roster, name);
    const shift = shifts.get(reference)?.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    return shift ? [shift.person] : [];
  });
  return [...new Set(people)].flatMap((person) => targetOf(roster, person) ?? []);
}
