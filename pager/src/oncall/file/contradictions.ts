import { weekdays } from "@watchkeeper/catalogue/maintenance";
import { Temporal } from "temporal-polyfill";
import { endMsOf, startMsOf } from "../wall-clock.ts";
import type { OnCallFile } from "./shape.ts";

/** What is wrong, and where: the keys and indices that lead to it. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Schedule = OnCallFile["schedules"][string];
type Layer = Schedule["layers"][number];
type Window = NonNullable<Layer["windows"]>[number];

const DAY = 1_440;
const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Minutes since Monday 00:00 in which the window is open; one over the end of Sunday goes on past the week. */
const openings = ({ days, from, to }: Window): readonly [number, number][] =>
  days.map((day) => {
    const start = weekdays.indexOf(day) * DAY + minuteOf(from);
    const length = minuteOf(to) - minuteOf(from);
    return [start, start + (length > 0 ? length : length + DAY)];
  });

function overlap(one: Window, other: Window): boolean {
  return openings(one).some(([from, to]) =>
    openings(other).some(([start, end]) =>
      [-7 * DAY, 0, 7 * DAY].some((shift) => from < end + shift && start + shift < to),
    ),
  );
}

/** Whether the later layer always has somebody on call when the earlier one has. */
const hides = (later: Layer, earlier: Layer): boolean =>
  later.windows === undefined &&
  Temporal.PlainDateTime.compare(later.starts, earlier.starts) <= 0 &&
  (later.ends === undefined ||
    (earlier.ends !== undefined && Temporal.PlainDateTime.compare(later.ends, earlier.ends) >= 0));

function* inLayers({ layers }: Schedule): Generator<Problem> {
  for (const [i, layer] of layers.entries()) {
    const at = (...rest: (string | number)[]) => ["layers", i, ...rest];
    const twin = layers.slice(0, i).some(({ name }) => name === layer.name);
    if (twin) yield { path: at("name"), message: `another layer is called "${layer.name}" too` };
    if (layer.ends && Temporal.PlainDateTime.compare(layer.ends, layer.starts) <= 0) {
      yield { path: at("ends"), message: "the layer ends before it starts" };
    }
    const above = layers.slice(i + 1).find((later) => hides(later, layer));
    if (above) {
      const message = `nobody of it is ever on call, as the layer "${above.name}" lies over all of it: layers cover those before them`;
      yield { path: at(), message };
    }
    const windows = layer.windows ?? [];
    for (const [j, window] of windows.entries()) {
      if (windows.slice(0, j).some((other) => overlap(window, other))) {
        yield { path: at("windows", j), message: "the window overlaps one before it" };
      }
    }
  }
}

const meet = (one: { fromMs: number; toMs: number }, other: { fromMs: number; toMs: number }): boolean =>
  one.fromMs < other.toMs && other.fromMs < one.toMs;

function* inExceptions(schedule: Schedule): Generator<Problem> {
  const spanOf = (entry: { from: Layer["starts"]; to: Layer["starts"] }) => ({
    fromMs: startMsOf(entry.from, schedule.zone),
    toMs: endMsOf(entry.to, schedule.zone),
  });
  for (const kind of ["overrides", "swaps"] as const) {
    const entries = schedule[kind];
    for (const [i, entry] of entries.entries()) {
      const span = spanOf(entry);
      if (span.toMs <= span.fromMs) yield { path: [kind, i, "to"], message: "it ends before it starts" };
      const peopleOf = (one: (typeof entries)[number]): readonly string[] =>
        "between" in one ? one.between : [""];
      const other = entries
        .slice(0, i)
        .some(
          (before) =>
            meet(spanOf(before), span) && peopleOf(before).some((who) => peopleOf(entry).includes(who)),
        );
      const what = kind === "swaps" ? "swap with one of the same people" : "override";
      if (other)
        yield {
          path: [kind, i],
          message: `it overlaps another ${what}: who is on call would depend on their order`,
        };
      if ("between" in entry && entry.between[0] === entry.between[1]) {
        yield { path: [kind, i, "between"], message: "a swap is between two different people" };
      }
    }
  }
}

function* inReferences(file: OnCallFile): Generator<Problem> {
  const known = { person: file.people, team: file.teams, schedule: file.schedules, policy: file.policies };
  const missing = (path: Problem["path"], kind: keyof typeof known, name: string): Problem[] => {
    if (Object.hasOwn(known[kind], name)) return [];
    const names = Object.keys(known[kind]);
    return [{ path, message: `there is no ${kind} "${name}": known are ${names.join(", ") || "none"}` }];
  };
  const target = (path: Problem["path"], reference: string): Problem[] => {
    const [kind, name] = reference.split(":") as ["person" | "team" | "schedule", string];
    return missing(path, kind, name);
  };
  const slackUsers = new Map<string, string>();
  for (const [id, { team, slackUser }] of Object.entries(file.people)) {
    yield* missing(["people", id, "team"], "team", team);
    if (slackUser === undefined) continue;
    const other = slackUsers.get(slackUser);
    if (other !== undefined) {
      const message = `"${other}" is ${slackUser} too: it would not be known who pressed`;
      yield { path: ["people", id, "slackUser"], message };
    }
    slackUsers.set(slackUser, id);
  }
  for (const [id, { owner }] of Object.entries(file.teams))
    yield* missing(["teams", id, "owner"], "person", owner);
  for (const [id, schedule] of Object.entries(file.schedules)) {
    const at = (...rest: (string | number)[]) => ["schedules", id, ...rest];
    yield* missing(at("team"), "team", schedule.team);
    for (const [i, { people }] of schedule.layers.entries()) {
      for (const [j, one] of people.entries()) yield* missing(at("layers", i, "people", j), "person", one);
    }
    for (const [i, { person }] of schedule.overrides.entries()) {
      yield* missing(at("overrides", i, "person"), "person", person);
    }
    for (const [i, { between }] of schedule.swaps.entries()) {
      for (const [j, one] of between.entries()) yield* missing(at("swaps", i, "between", j), "person", one);
    }
  }
  for (const [id, policy] of Object.entries(file.policies)) {
    for (const [i, { targets }] of policy.levels.entries()) {
      for (const [j, one] of targets.entries())
        yield* target(["policies", id, "levels", i, "targets", j], one);
    }
    if (policy.next !== undefined) yield* missing(["policies", id, "next"], "policy", policy.next);
  }
  for (const [i, { policy }] of file.routes.entries())
    yield* missing(["routes", i, "policy"], "policy", policy);
  for (const [i, one] of file.catchAll.entries()) yield* target(["catchAll", i], one);
  const fromTeams = new Set(Object.values(file.people).map(({ team }) => team));
  for (const id of Object.keys(file.teams)) {
    if (!fromTeams.has(id))
      yield { path: ["teams", id], message: "nobody is in the team: name it at a person" };
  }
}

function* inPolicies({ policies }: OnCallFile): Generator<Problem> {
  for (const [id, { next }] of Object.entries(policies)) {
    const way = [id];
    for (let at = next; at !== undefined && !way.slice(1).includes(at); at = policies[at]?.next) {
      way.push(at);
      if (at !== id) continue;
      const message = `the policies go in a circle, ${way.join(" → ")}: the last must end, and the catch-all follows`;
      yield { path: ["policies", id, "next"], message };
    }
  }
}

/** Whether every incident that the second would take is taken by the first. */
function takesAll(first: OnCallFile["routes"][number], second: OnCallFile["routes"][number]): boolean {
  const contains = (wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean =>
    wide === undefined || (narrow?.every((one) => wide.includes(one)) ?? false);
  return (
    contains(first.service, second.service) &&
    contains(first.priority, second.priority) &&
    Object.entries(first.labels ?? {}).every(([label, value]) => second.labels?.[label] === value)
  );
}

function* inRoutes({ routes }: OnCallFile): Generator<Problem> {
  for (const [i, route] of routes.entries()) {
    const earlier = routes.findIndex((other, j) => j < i && takesAll(other, route));
    if (earlier >= 0) {
      yield {
        path: ["routes", i],
        message: `it never decides, as route ${earlier + 1} takes all of it: the first that fits decides`,
      };
    }
  }
}

/** What does not go together in a file of the right shape. */
export function contradictionsOf(file: OnCallFile): readonly Problem[] {
  const inSchedules = Object.entries(file.schedules).flatMap(([id, schedule]) =>
    [...inLayers(schedule), ...inExceptions(schedule)].map(({ path, message }) => ({
      path: ["schedules", id, ...path],
      message,
    })),
  );
  return [...inReferences(file), ...inSchedules, ...inPolicies(file), ...inRoutes(file)];
}
