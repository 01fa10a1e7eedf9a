import { sloSeries } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import type { History } from "./open-metrics.ts";

/** What a promise counted in one interval that ended at `at`, in Unix seconds. */
export interface Counted {
  readonly at: number;
  readonly events: number;
  readonly errors: number;
  /** Whether it was planned maintenance. */
  readonly planned: boolean;
}

const HOUR = 3_600;

/** The series that the rules of a promise would have recorded, had they run while this was counted. */
export function historiesOf(slo: Slo, counted: readonly Counted[]): readonly History[] {
  const [first] = counted;
  if (!first) return [];
  let events = 0;
  let errors = 0;
  const sums = counted.map((each) => {
    events += each.planned ? 0 : each.events;
    errors += each.planned ? 0 : each.errors;
    return { at: each.at, events, errors };
  });
  // The rules take a copy an hour; the last one is what they go on from if they begin more than an hour later.
  const hourly = sums.filter(({ at }, i) => {
    const before = sums[i - 1];
    return i === sums.length - 1 || !before || Math.floor(at / HOUR) > Math.floor(before.at / HOUR);
  });
  const labels = { slo: slo.name };
  const history = <T extends { readonly at: number }>(
    name: string,
    from: readonly T[],
    value: (each: T) => number,
  ): History => ({ name, labels, samples: from.map((each) => [each.at, value(each)] as const) });
  const s = sloSeries;
  return [
    history(s.eventsDelta, counted, (each) => each.events),
    history(s.errorsDelta, counted, (each) => each.errors),
    history(s.eventsCumulative, sums, (each) => each.events),
    history(s.errorsCumulative, sums, (each) => each.errors),
    history(s.eventsHourly, hourly, (each) => each.events),
    history(s.errorsHourly, hourly, (each) => each.errors),
    history(s.born, sums, () => first.at),
    history(s.bornHourly, hourly, () => first.at),
    ...(counted.some(({ planned }) => planned)
      ? [history(s.maintenance, counted, ({ planned }) => (planned ? 1 : 0))]
      : []),
  ];
}
