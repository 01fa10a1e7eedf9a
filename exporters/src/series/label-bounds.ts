/** Where label values go that a metric has no room for. */
export const OVERFLOW_VALUE = "other";

/** Nobody reads longer ones, and whoever sends them wants our memory. */
const MAX_VALUE_LENGTH = 512;

/** Which values a label may take: these and no others, or any but only so many. */
export type LabelBound = { readonly values: readonly string[] } | { readonly maxValues: number };

/** Keeps the values of a metric's labels within their bounds, and the sets of values within its own. */
export interface LabelBounds {
  /**
   * Gives the values under which a new label set is kept: the same, or with `other` where there is no room.
   *
   * @param sets how many label sets the metric has
   */
  admit(values: readonly string[], sets: number): readonly string[];
  /** Counts an admitted set's values in. */
  enter(values: readonly string[]): void;
  /** Gives the room of a set's values back. */
  leave(values: readonly string[]): void;
}

interface Tracked {
  /** Undefined where any value may come. */
  readonly closed: ReadonlySet<string> | undefined;
  readonly maxValues: number;
  /** How many sets carry each value. */
  readonly carriers: Map<string, number>;
}

/**
 * @param bounds by label, in the metric's order; a label without one is bounded by `maxSets` alone
 * @param maxSets label sets that the metric may have; those with `other` come on top, at most one for each
 * combination of closed labels
 */
export function createLabelBounds(bounds: readonly (LabelBound | undefined)[], maxSets: number): LabelBounds {
  const tracked = bounds.map((bound): Tracked => {
    const closed = bound && "values" in bound ? new Set(bound.values) : undefined;
    const maxValues = bound && "maxValues" in bound ? bound.maxValues : maxSets;
    return { closed, maxValues, carriers: new Map() };
  });

  function fits({ closed, maxValues, carriers }: Tracked, value: string): boolean {
    if (closed) return closed.has(value);
    if (value === OVERFLOW_VALUE || carriers.has(value)) return true;
    // One place belongs to `other`.
    const taken = carriers.size + (carriers.has(OVERFLOW_VALUE) ? 0 : 1);
    return taken < maxValues && value.length <= MAX_VALUE_LENGTH;
  }

  return {
    admit(values, sets) {
      const isFull = sets >= maxSets;
      return tracked.map((label, i) => {
        const value = values[i] ?? "";
        const stays = fits(label, value) && (!isFull || label.closed !== undefined);
        return stays ? value : OVERFLOW_VALUE;
      });
    },
    enter(values) {
      tracked.forEach(({ carriers }, i) => {
        const value = values[i] ?? "";
        carriers.set(value, (carriers.get(value) ?? 0) + 1);
      });
    },
    leave(values) {
      tracked.forEach(({ carriers }, i) => {
        const value = values[i] ?? "";
        const left = (carriers.get(value) ?? 1) - 1;
        if (left === 0) carriers.delete(value);
        else carriers.set(value, left);
      });
    },
  };
}
