import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Expr, type Matcher, promql, Selector } from "@watchkeeper/catalogue/promql";
import type { Indicator, Slo } from "@watchkeeper/catalogue/slo";
import { grown, lagging } from "./delta.ts";
import { type Together, togetherOf } from "./groups.ts";
import type { RuleTiming } from "./timing.ts";

/** What a promise counts since the last evaluation. One of the two reads what the other has recorded. */
export interface Count {
  readonly first: "events" | "errors";
  readonly events: Expr;
  readonly errors: Expr;
}

interface Recorded {
  readonly events: Expr;
  readonly errors: Expr;
}

type Counted<Kind extends Indicator["kind"]> = (
  indicator: Extract<Indicator, { kind: Kind }>,
  timing: RuleTiming,
  recorded: Recorded,
  together: Together,
) => Count;

const opposite = { "!=": undefined, "=~": "!~", "!~": "=~" } as const;

function negated(matcher: string | Matcher): string | Matcher | undefined {
  if (typeof matcher === "string") return { operator: "!=", value: matcher };
  if (matcher.operator === "!=") return matcher.value;
  const operator = opposite[matcher.operator];
  return operator && { operator, value: matcher.value };
}

/** Of `all`, those that `some` does not select; undefined where one selection cannot say it. */
export function without(all: Selector, some: Selector): Selector | undefined {
  const more = Object.keys(some.matchers).filter((label) => !(label in all.matchers));
  const same = Object.entries(all.matchers).every(
    ([label, matcher]) => JSON.stringify(some.matchers[label]) === JSON.stringify(matcher),
  );
  const [label] = more;
  if (all.name !== some.name || !same || more.length !== 1 || label === undefined) return undefined;
  const rest = negated(some.matchers[label] as string | Matcher);
  return rest === undefined ? undefined : new Selector(all.name, { ...all.matchers, [label]: rest });
}

/** Two counts of events that have none in common: neither series is read twice. */
const apart = (
  good: readonly Selector[],
  bad: readonly Selector[],
  timing: RuleTiming,
  recorded: Recorded,
  together: Together,
): Count => ({
  first: "errors",
  errors: grown(bad, timing, together),
  events: promql`${together.sum(recorded.errors)} + ${together.on} ${grown(good, timing, together)}`,
});

const counted: { readonly [Kind in Indicator["kind"]]: Counted<Kind> } = {
  bad: ({ total, bad }, timing, recorded, together) => {
    const [all, ...others] = total;
    const good = others.length === 0 && bad.length === 1 ? without(all, bad[0]) : undefined;
    if (good) return apart([good], bad, timing, recorded, together);
    return {
      first: "events",
      events: grown(total, timing, together),
      errors: grown(bad, timing, together),
    };
  },
  good: ({ total, good }, timing, recorded, together) => {
    const kept = new Set(good.map(({ text }) => text));
    const bad = total.filter(({ text }) => !kept.has(text));
    if (bad.length === total.length - good.length) return apart(good, bad, timing, recorded, together);
    return {
      first: "events",
      events: grown(total, timing, together),
      errors: promql`${together.sum(recorded.events)} - ${together.on} ${grown(good, timing, together)}`,
    };
  },
  samples: ({ gauge }, timing, _recorded, together) => ({
    first: "events",
    events: together.sum(promql`${lagging(gauge, timing)} ^ 0`),
    errors: together.sum(promql`${lagging(gauge, timing)} == bool 0`),
  }),
};

/**
 * What a promise counts since the last evaluation.
 * @param recorded where the one that is counted first is found, where not in the series that the rules record
 */
export function countOf(slo: Slo, timing: RuleTiming, recorded: Partial<Recorded> = {}): Count {
  const { eventsDelta, errorsDelta } = sloSeries;
  const mine = (record: string): Expr => new Selector(record, { slo: slo.name });
  const count = counted[slo.indicator.kind] as Counted<Indicator["kind"]>;
  return count(
    slo.indicator as never,
    timing,
    { events: mine(eventsDelta), errors: mine(errorsDelta), ...recorded },
    togetherOf(slo),
  );
}
