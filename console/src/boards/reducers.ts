type Values = readonly (number | null)[];
type Reducer = (values: Values) => number | null;

/** Measured values: neither nothing nor a quotient of nothing by nothing. ±Inf is a value. */
const known = (values: Values): number[] =>
  values.filter((value): value is number => value !== null && !Number.isNaN(value));

const fold =
  (combine: (left: number, right: number) => number): Reducer =>
  (values) => {
    const all = known(values);
    return all.length === 0 ? null : all.reduce(combine);
  };

const sum = fold((left, right) => left + right);
const smallest = fold((left, right) => Math.min(left, right));
const largest = fold((left, right) => Math.max(left, right));

/** How a series becomes one number; as in Grafana, what was not measured does not count. */
export const reducers: Readonly<Record<string, { readonly label: string; readonly reduce: Reducer }>> = {
  last: { label: "Last", reduce: (values) => values.at(-1) ?? null },
  lastNotNull: { label: "Last", reduce: (values) => known(values).at(-1) ?? null },
  first: { label: "First", reduce: (values) => values[0] ?? null },
  firstNotNull: { label: "First", reduce: (values) => known(values)[0] ?? null },
  min: { label: "Min", reduce: smallest },
  max: { label: "Max", reduce: largest },
  mean: {
    label: "Mean",
    reduce: (values) => {
      const total = sum(values);
      return total === null ? null : total / known(values).length;
    },
  },
  sum: { label: "Total", reduce: (values) => sum(values) ?? 0 },
  count: { label: "Count", reduce: (values) => values.filter((value) => value !== null).length },
  range: {
    label: "Range",
    reduce: (values) => {
      const low = smallest(values);
      const high = largest(values);
      return low === null || high === null ? null : high - low;
    },
  },
  diff: {
    label: "Difference",
    reduce: (values) => {
      const all = known(values);
      const [first] = all;
      const last = all.at(-1);
      return first === undefined || last === undefined ? null : last - first;
    },
  },
};

/** @throws Error when there is no such reducer */
export function reduce(id: string, values: Values): number | null {
  const reducer = Object.hasOwn(reducers, id) ? reducers[id] : undefined;
  if (!reducer) throw new Error(`Cannot reduce a series as there is no calculation "${id}" here`);
  return reducer.reduce(values);
}

export const labelOf = (id: string): string => reducers[id]?.label ?? id;
