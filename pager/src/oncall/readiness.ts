import type { Destinations } from "../routes.ts";
import { type Exception, withExceptions } from "./exceptions.ts";
import { membersOf, type Roster } from "./roster.ts";
import type { Schedule } from "./schedule.ts";
import { DAY_MS, gapsBetween, whoIsOnCall } from "./shifts.ts";
import { parseWallTime } from "./wall-clock.ts";

/** What would keep a page from reaching somebody, found before the night in which it matters. */
export type ReadinessProblem = {
  readonly team: string;
  /** A sentence for people. */
  readonly text: string;
} & (
  | { readonly kind: "unverified_person"; readonly person: string; readonly verified: number }
  | { readonly kind: "coverage_gap"; readonly schedule: string; readonly from: Date; readonly to: Date }
  | { readonly kind: "failing_route"; readonly destination: string; readonly since: Date }
);

/** What the outbox knows about an address, by `channel:address`. */
export interface Reached {
  /** When the provider last took a message for it; null: never. */
  readonly lastSentAt: Date | null;
  readonly failingSince: Date | null;
}

export interface ReadinessFacts {
  readonly roster: Roster;
  readonly exceptions: readonly Exception[];
  readonly destinations: Destinations;
  readonly reached: ReadonlyMap<string, Reached>;
  readonly nowMs: number;
}

/** One channel may fail in the night; two are tried within twenty seconds. */
export const CHANNELS_NEEDED = 2;
/** A provider that has not taken anything for this long proves nothing about tonight. */
export const VERIFIED_FOR_DAYS = 30;
export const COVERAGE_DAYS = 14;
/** Providers have bad minutes; the outbox carries on through those. */
const FAILING_MS = 10 * 60_000;

/** Everybody whom an escalation may ask. */
export function respondersOf(roster: Roster): ReadonlySet<string> {
  const { file } = roster;
  const targets = [
    ...Object.values(file.policies).flatMap(({ levels }) => levels.flatMap((one) => one.targets)),
    ...file.catchAll,
  ];
  const people = targets.flatMap((target): readonly string[] => {
    const [kind, name = ""] = target.split(":");
    if (kind === "person") return [name];
    if (kind === "team") return membersOf(roster, name);
    const schedule = file.schedules[name];
    return [
      ...(schedule?.layers ?? []).flatMap((layer) => layer.people),
      ...(schedule?.overrides ?? []).map(({ person }) => person),
    ];
  });
  return new Set(people);
}

/** Whether a channel of a person carried something lately; the proof is the provider's word, not the person's. */
export function isVerified(
  facts: Omit<ReadinessFacts, "roster" | "exceptions">,
  channel: string,
  address: string,
): boolean {
  const setUp = facts.destinations.get(channel as never)?.reaches.includes("people") ?? false;
  const lastSentAt = facts.reached.get(`${channel}:${address}`)?.lastSentAt ?? null;
  return setUp && lastSentAt !== null && facts.nowMs - lastSentAt.getTime() < VERIFIED_FOR_DAYS * DAY_MS;
}

function* peopleProblems(facts: ReadinessFacts): Generator<ReadinessProblem> {
  const { roster } = facts;
  for (const person of respondersOf(roster)) {
    const known = roster.file.people[person];
    if (!known) continue;
    const verified = known.channels.filter(({ channel, address }) =>
      isVerified(facts, channel, address),
    ).length;
    if (verified >= CHANNELS_NEEDED) continue;
    const text = `${known.name} has ${verified} of ${CHANNELS_NEEDED} channels that took a message in the last ${VERIFIED_FOR_DAYS} days: send a test page`;
    yield { kind: "unverified_person", team: known.team, person, verified, text };
  }
}

function* coverageProblems({ roster, exceptions, nowMs }: ReadinessFacts): Generator<ReadinessProblem> {
  for (const [name, schedule] of roster.schedules) {
    const { team, mayHaveGaps, title } = roster.file.schedules[name] ?? {
      team: "",
      mayHaveGaps: true,
      title: name,
    };
    if (mayHaveGaps) continue;
    const [gap, ...more] = gapsBetween(
      withExceptions(schedule, exceptions),
      nowMs,
      nowMs + COVERAGE_DAYS * DAY_MS,
    );
    if (!gap) continue;
    const from = new Date(gap.fromMs);
    const to = new Date(gap.toMs);
    const others = more.length > 0 ? `, and ${more.length} more gaps in ${COVERAGE_DAYS} days` : "";
    const text = `Nobody is on call for ${title} from ${from.toISOString()} to ${to.toISOString()}${others}`;
    yield { kind: "coverage_gap", team, schedule: name, from, to, text };
  }
}

function* routeProblems({ roster, reached, nowMs }: ReadinessFacts): Generator<ReadinessProblem> {
  const owners = new Map(
    Object.values(roster.file.people).flatMap(({ team, channels }) =>
      channels.map(({ channel, address }) => [`${channel}:${address}` as string, team] as const),
    ),
  );
  const [first = ""] = Object.keys(roster.file.teams);
  for (const [destination, { failingSince }] of reached) {
    const personal = destination.includes(":");
    // An address that nobody has any more fails nobody.
    if (
      failingSince === null ||
      nowMs - failingSince.getTime() < FAILING_MS ||
      (personal && !owners.has(destination))
    )
      continue;
    const team = owners.get(destination) ?? (roster.file.teams.platform ? "platform" : first);
    // The address itself is between its owner and the pager.
    const named = destination.split(":")[0] ?? destination;
    const text = `Messages by ${named}${personal ? " to one person" : ""} have failed since ${failingSince.toISOString()}`;
    yield { kind: "failing_route", team, destination, since: failingSince, text };
  }
}

/** Everything that is not ready, people first. */
export const readinessProblems = (facts: ReadinessFacts): readonly ReadinessProblem[] => [
  ...peopleProblems(facts),
  ...coverageProblems(facts),
  ...routeProblems(facts),
];

/** Whether it is a time at which a team's owner may be told of what is not urgent. */
export function isWorkingTime(roster: Roster, team: string, nowMs: number): boolean {
  const hours = roster.file.teams[team]?.workingHours;
  if (!hours) return false;
  const { zone, ...window } = hours;
  const layer: Schedule["layers"][number] = {
    name: "working-hours",
    people: ["owner"],
    starts: parseWallTime("2000-01-01T00:00"),
    ends: undefined,
    turn: { count: 1, unit: "months" },
    windows: [window],
  };
  return (
    whoIsOnCall({ name: "working-hours", zone, layers: [layer], overrides: [], swaps: [] }, nowMs) !==
    undefined
  );
}
