/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** Deals the cards in a random order, again and again: each comes before any comes twice. */
  deck<T>(cards: readonly T[]): () => T;
}

/** mulberry32: small, and good enough to choose what breaks next. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("Cannot pick from nothing");
    return item;
  };
  return {
    next,
    below,
    pick,
    deck<T>(cards: readonly T[]) {
      let left: T[] = [];
      return () => {
        if (left.length === 0) left = [...cards];
        const card = pick(left);
        left.splice(left.indexOf(card), 1);
        return card;
      };
    },
  };
}
