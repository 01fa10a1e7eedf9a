import { sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql } from "@watchkeeper/catalogue/promql";
import type { Indicator, Slo } from "@watchkeeper/catalogue/slo";
import { grown, lagging } from "./delta.ts";
import type { RecordingRule } from "./rule.ts";
import type { RuleTiming } from "./timing.ts";

/** A recorded series of one promise. */
const of = (record: string, slo: string): Expr => new Expr(`${record}{slo="${slo}"}`);

type Counted<Kind extends Indicator["kind"]> = (
  indicator: Extract<Indicator, { kind: Kind }>,
  timing: RuleTiming,
  /** Events since the last evaluation, as already recorded. */
  recorded: Expr,
) => { readonly events: Expr; readonly errors: Expr };

const counted: { readonly [Kind in Indicator["kind"]]: Counted<Kind> } = {
  bad: ({ total, bad }, timing) => ({ events: grown(total, timing), errors: grown(bad, timing) }),
  good: ({ total, good }, timing, recorded) => ({
    events: grown(total, timing),
    errors: promql`sum(${recorded}) - on () (${grown(good, timing)})`,
  }),
  samples: ({ gauge }, timing) => ({
    events: promql`count(${lagging(gauge, timing)}) or vector(0)`,
    errors: promql`count(${lagging(gauge, timing)} == 0) or vector(0)`,
  }),
};

/** What a promise counts since the last evaluation. */
export function countOf(slo: Slo, timing: RuleTiming) {
  const recorded = of(sloSeries.eventsDelta, slo.name);
  const count = counted[slo.indicator.kind] as Counted<Indicator["kind"]>;
  return count(slo.indicator as never, timing, recorded);
}

/** The highest of what was recorded last: a series that came back under other labels is not counted twice. */
const carriedOn = (cumulative: string, resume: string, delta: string, slo: string): Expr => promql`
  (max(last_over_time(${of(cumulative, slo)}[1h]) or ${of(resume, slo)}) or vector(0))
  + on () sum(${of(delta, slo)})`;

/** The rules that each promise has of its own. They are evaluated in this order, each reading what the last wrote. */
export function promiseRules(slo: Slo, timing: RuleTiming): readonly RecordingRule[] {
  const labels = { slo: slo.name };
  const { events, errors } = countOf(slo, timing);
  const s = sloSeries;
  return [
    { record: s.eventsDelta, labels, expr: events },
    { record: s.errorsDelta, labels, expr: errors },
    {
      record: s.eventsCumulative,
      labels,
      expr: carriedOn(s.eventsCumulative, s.eventsResume, s.eventsDelta, slo.name),
    },
    {
      record: s.errorsCumulative,
      labels,
      expr: carriedOn(s.errorsCumulative, s.errorsResume, s.errorsDelta, slo.name),
    },
    {
      record: s.budgetRatio,
      labels: {
        ...labels,
        service: slo.service,
        owner: slo.owner,
        urgency: slo.urgency,
        preset: slo.preset,
        window: `${slo.days}d`,
        idle: slo.mayBeIdle === undefined ? "no" : "yes",
      },
      expr: promql`vector(${1 - slo.objective})`,
    },
  ];
}
