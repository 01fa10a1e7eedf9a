import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { Expr, promql } from "@watchkeeper/catalogue/promql";
import type { Indicator, Slo } from "@watchkeeper/catalogue/slo";
import { grown, lagging } from "./delta.ts";
import { maintenanceRules } from "./maintenance-rule.ts";
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

/**
 * What a promise counts since the last evaluation.
 * @param recorded events since the last evaluation, where they are not yet in the series that the rules record
 */
export function countOf(slo: Slo, timing: RuleTiming, recorded: Expr = of(sloSeries.eventsDelta, slo.name)) {
  const count = counted[slo.indicator.kind] as Counted<Indicator["kind"]>;
  return count(slo.indicator as never, timing, recorded);
}

/** The highest of what was recorded last: a series that came back under other labels is not counted twice. */
const carriedOn = (
  cumulative: string,
  resume: string,
  delta: string,
  slo: string,
  unlessPlanned: Expr,
): Expr => promql`
  (max(last_over_time(${of(cumulative, slo)}[1h]) or ${of(resume, slo)}) or vector(0))
  + on () sum(${of(delta, slo)})${unlessPlanned}`;

/** The rules that each promise has of its own. They are evaluated in this order, each reading what the last wrote. */
export function promiseRules(
  slo: Slo,
  timing: RuleTiming,
  windows: readonly MaintenanceWindow[] = [],
): readonly RecordingRule[] {
  const labels = { slo: slo.name };
  const { events, errors } = countOf(slo, timing);
  const s = sloSeries;
  const planned = maintenanceRules(slo.name, timing, windows);
  // What happens in a planned window is in the growth, and not in what the budget is judged by.
  const unlessPlanned =
    planned.length === 0 ? promql`` : new Expr(` * on () (1 - sum(${of(s.maintenance, slo.name)}))`);
  return [
    ...planned,
    { record: s.eventsDelta, labels, expr: events },
    { record: s.errorsDelta, labels, expr: errors },
    {
      record: s.eventsCumulative,
      labels,
      expr: carriedOn(s.eventsCumulative, s.eventsResume, s.eventsDelta, slo.name, unlessPlanned),
    },
    {
      record: s.errorsCumulative,
      labels,
      expr: carriedOn(s.errorsCumulative, s.errorsResume, s.errorsDelta, slo.name, unlessPlanned),
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
