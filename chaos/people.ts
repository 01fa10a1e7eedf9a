import type { Directory, Policy, Target } from "@watchkeeper/pager/escalation/directory";

/** Enough that storms speak for few incidents: each service is a route of its own. */
export const SERVICES = 40;

/** Who is asked and who next; the second is asked while everything breaks. */
export const LEVELS = ["first", "second"] as const;
const LEVEL_MS = 4_000;
/** Longer than any run: after the second nobody is left, and that is not what is looked at. */
const LAST_LEVEL_MS = 24 * 3_600_000;

export const serviceOf = (n: number): string => `s${n % SERVICES}`;

const policyOf = (service: string): Policy => ({
  id: service,
  levels: LEVELS.map((level, n) => ({
    targets: [`${service}-${level}`],
    timeoutMs: n === LEVELS.length - 1 ? LAST_LEVEL_MS : LEVEL_MS,
  })),
  repeat: 0,
  catchAll: [],
  acknowledgeTimeoutMs: null,
});

const targetOf = (person: string): Target => ({
  person,
  name: person,
  contacts: [{ channel: "email", address: `${person}@people.localhost` }],
});

const policies = Array.from({ length: SERVICES }, (_, n) => policyOf(serviceOf(n)));
const known = new Map(policies.map((policy) => [policy.id, policy]));
/** Everything whose service begins so is one route with one person on call. */
export const STORM_SERVICE = "storm";
const stormPolicy: Policy = { ...policyOf(STORM_SERVICE), levels: policyOf(STORM_SERVICE).levels.slice(1) };
export const STORM_RESPONDER = `${STORM_SERVICE}-second@people.localhost`;

/** Two people for each service, one after the other; services beyond those are routes that ask nobody by name. */
export const chaosDirectory: Directory = {
  policyFor: ({ service }) =>
    known.get(service) ??
    (service.startsWith(STORM_SERVICE) ? stormPolicy : { ...policyOf(service), levels: [] }),
  policies: () => policies,
  targetsAt: async (_queries, references) => references.map(targetOf),
  spansOf: async (_queries, references, from, to) => [{ from, to, targets: references.map(targetOf) }],
};
