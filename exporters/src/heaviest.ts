/**
 * Who is seen most, of any number of names, in bounded memory (the Space-Saving algorithm of Metwally, Agrawal and
 * El Abbadi, 2005). A name that pushes another out inherits its count, which is remembered as possible error: what is
 * reported is a lower bound, so that a flood of names seen once each is never taken for a heavy one.
 */
export interface Heaviest {
  see(name: string): void;
  /** The name with the largest certain count, or undefined when nobody was seen. */
  first(): { readonly name: string; readonly count: number } | undefined;
  forget(name: string): void;
  /** Lets the past count half, so that the present can outweigh it. */
  halve(): void;
}

interface Entry {
  readonly name: string;
  count: number;
  error: number;
}

/** @param size how many names are remembered: whoever makes more than 1/size of what is seen is among them */
export function createHeaviest(size: number): Heaviest {
  const entries = new Map<string, Entry>();

  function lightest(): Entry | undefined {
    let found: Entry | undefined;
    for (const entry of entries.values()) if (!found || entry.count < found.count) found = entry;
    return found;
  }

  return {
    see(name) {
      const entry = entries.get(name);
      if (entry) {
        entry.count++;
        return;
      }
      const pushedOut = entries.size < size ? undefined : lightest();
      if (pushedOut) entries.delete(pushedOut.name);
      const error = pushedOut?.count ?? 0;
      entries.set(name, { name, count: error + 1, error });
    },

    first() {
      let found: { name: string; count: number } | undefined;
      for (const { name, count, error } of entries.values()) {
        if (!found || count - error > found.count) found = { name, count: count - error };
      }
      return found;
    },

    forget: (name) => void entries.delete(name),

    halve() {
      for (const entry of entries.values()) {
        entry.count /= 2;
        entry.error /= 2;
        if (entry.count < 0.5) entries.delete(entry.name);
      }
    },
  };
}
