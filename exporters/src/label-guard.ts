import { type LabelName, labels } from "@watchkeeper/catalogue/labels";

/** Where values of a bounded label go once it has as many as it may have. */
export const OVERFLOW_VALUE = "other";

/** Turns label values as code has them into label values as they are stored. */
export interface LabelGuard {
  write(name: LabelName, value: string): string;
  /** Gives the place of a value back once no series carries it any more. */
  forget(name: LabelName, value: string): void;
}

/**
 * prom-client finds a child by its labels joined as `name:value,` without escaping, so {a: "x,b:y", b: "z"} and
 * {a: "x", b: "y,b:z"} would be counted as one. Without a comma inside a value the joined text can be read back in
 * one way only; the percent sign is escaped too, so that no two values become the same.
 */
const escapeSeparator = (value: string): string => value.replace(/[%,]/g, encodeURIComponent);

/**
 * Bounds the values of bounded labels, counted per label over all metrics of one registry. The catalogue's
 * `maxValues` includes `other`.
 *
 * @param onOverflow called once per label, with the first overflow
 */
export function createLabelGuard(onOverflow: (label: LabelName) => void): LabelGuard {
  const written = new Map<LabelName, Map<string, string>>();
  const overflowed = new Set<LabelName>();
  return {
    write(name, value) {
      const label = labels[name];
      if (label.kind === "closed") return value;
      const known = written.get(name) ?? new Map([[OVERFLOW_VALUE, OVERFLOW_VALUE]]);
      written.set(name, known);
      const existing = known.get(value);
      if (existing !== undefined) return existing;
      if (known.size >= label.maxValues) {
        if (!overflowed.has(name)) {
          overflowed.add(name);
          onOverflow(name);
        }
        return OVERFLOW_VALUE;
      }
      const escaped = escapeSeparator(value);
      known.set(value, escaped);
      return escaped;
    },

    forget(name, value) {
      if (value !== OVERFLOW_VALUE) written.get(name)?.delete(value);
    },
  };
}

/** Every combination of values of labels that are all closed (one empty combination without labels); none if one is bounded. */
export function closedCombinations(names: readonly LabelName[]): readonly Readonly<Record<string, string>>[] {
  return names.reduce<Record<string, string>[]>(
    (combinations, name) => {
      const label = labels[name];
      if (label.kind === "bounded") return [];
      return combinations.flatMap((sofar) => label.values.map((value) => ({ ...sofar, [name]: value })));
    },
    [{}],
  );
}
