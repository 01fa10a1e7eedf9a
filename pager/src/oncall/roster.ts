import type { Policy, RoutedIncident, Target, TargetReference } from "../escalation/directory.ts";
import { OWNER_LABEL } from "../incidents/own-alerts.ts";
import type { OnCallFile } from "./file/shape.ts";
import type { Schedule } from "./schedule.ts";
import { endMsOf, startMsOf } from "./wall-clock.ts";

/** What the on-call file says, as the rest of the pager asks for it. Immutable: another file makes another roster. */
export interface Roster {
  readonly file: OnCallFile;
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** By name; the catch-all is `catch-all`, that of a team's owner `owner-of-<team>`. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly routes: OnCallFile["routes"];
}

export const CATCH_ALL = "catch-all";
const CATCH_ALL_WAIT_MS = 5 * 60_000;
const OWNER_WAIT_MS = 60 * 60_000;

export const ownerPolicyId = (team: string): string => `owner-of-${team}`;

function buildSchedule(name: string, schedule: OnCallFile["schedules"][string]): Schedule {
  const { zone } = schedule;
  const spanOf = ({
    from,
    to,
  }: {
    from: Parameters<typeof startMsOf>[0];
    to: Parameters<typeof endMsOf>[0];
  }) => ({
    fromMs: startMsOf(from, zone),
    toMs: endMsOf(to, zone),
  });
  return {
    name,
    zone,
    layers: schedule.layers.map(({ windows = [], ends, ...layer }) => ({ ...layer, ends, windows })),
    overrides: schedule.overrides.map((one, i) => ({ ...spanOf(one), id: `file:${i}`, person: one.person })),
    swaps: schedule.swaps.map((one, i) => ({ ...spanOf(one), id: `file:${i}`, between: one.between })),
  };
}

/** A policy with those that follow it as further levels: whoever runs it needs to know no other. */
function buildPolicy(id: string, file: OnCallFile): Policy {
  const first = file.policies[id];
  const levels: Policy["levels"][number][] = [];
  for (let next: string | undefined = id; next !== undefined; next = file.policies[next]?.next) {
    const { levels: own = [], repeat = 0 } = file.policies[next] ?? {};
    // Followed by another, a policy asks all its rounds first; alone, the escalation counts the rounds.
    const rounds = first?.next === undefined ? 1 : repeat + 1;
    for (let round = 0; round < rounds; round += 1) {
      levels.push(...own.map(({ targets, wait }) => ({ targets, timeoutMs: wait })));
    }
  }
  const lasts = first?.acknowledgementLasts;
  return {
    id,
    levels,
    repeat: first?.next === undefined ? (first?.repeat ?? 0) : 0,
    catchAll: file.catchAll,
    acknowledgeTimeoutMs: typeof lasts === "number" ? lasts : null,
  };
}

export function buildRoster(file: OnCallFile): Roster {
  const only = (id: string, targets: readonly TargetReference[], timeoutMs: number): Policy => ({
    id,
    levels: [{ targets, timeoutMs }],
    repeat: 0,
    catchAll: file.catchAll,
    acknowledgeTimeoutMs: 30 * 60_000,
  });
  const policies = [
    ...Object.keys(file.policies).map((id) => buildPolicy(id, file)),
    only(CATCH_ALL, file.catchAll, CATCH_ALL_WAIT_MS),
    ...Object.entries(file.teams).map(([team, { owner }]) =>
      only(ownerPolicyId(team), [`person:${owner}`], OWNER_WAIT_MS),
    ),
  ];
  return {
    file,
    routes: file.routes,
    policies: new Map(policies.map((policy) => [policy.id, policy])),
    schedules: new Map(
      Object.entries(file.schedules).map(([name, schedule]) => [name, buildSchedule(name, schedule)]),
    ),
  };
}

/** Why a policy was chosen: the place of the route in the file, from 0, or that none fits. */
export type Routed =
  | { readonly policy: Policy; readonly reason: "route"; readonly route: number }
  | { readonly policy: Policy; readonly reason: "owner" | "no-route-fits" };

/** The policy of the first route that fits an incident; the catch-all's where none does. */
export function routeIncident(roster: Roster, incident: RoutedIncident): Routed {
  const named = (id: string): Policy | undefined => roster.policies.get(id);
  const owned = incident.labels[OWNER_LABEL];
  const owner = owned === undefined ? undefined : named(ownerPolicyId(owned));
  if (owner) return { policy: owner, reason: "owner" };
  for (const [i, route] of roster.routes.entries()) {
    const fits =
      (route.service?.includes(incident.service) ?? true) &&
      (route.priority?.includes(incident.priority) ?? true) &&
      Object.entries(route.labels ?? {}).every(([label, value]) => incident.labels[label] === value);
    const policy = fits ? named(route.policy) : undefined;
    if (policy) return { policy, reason: "route", route: i };
  }
  return { policy: named(CATCH_ALL) as Policy, reason: "no-route-fits" };
}

/** A person as somebody to tell; undefined for one that the file does not know any more. */
export function targetOf(roster: Roster, person: string): Target | undefined {
  const known = Object.hasOwn(roster.file.people, person) ? roster.file.people[person] : undefined;
  return known && { person, name: known.name, contacts: known.channels };
}

/** Whom the file knows by a member ID of Slack. */
export const personOfSlackUser = (roster: Roster, slackUser: string): string | undefined =>
  Object.entries(roster.file.people).find(([, known]) => known.slackUser === slackUser)?.[0];

/** The people of a team, in the order of the file. */
export const membersOf = (roster: Roster, team: string): readonly string[] =>
  Object.entries(roster.file.people).flatMap(([person, { team: theirs }]) =>
    theirs === team ? [person] : [],
  );
