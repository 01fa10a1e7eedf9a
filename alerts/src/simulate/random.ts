/** Random numbers that come again with the same seed, so that two runs can be compared. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** How many of many rare events happen when `mean` do on average. */
  poisson(mean: number): number;
  /** A waiting time for something that happens after `mean` on average. */
  exponential(mean: number): number;
}

const LARGE = 40;

/** Mulberry32: enough for simulations, not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    poisson(mean) {
      if (mean <= 0) return 0;
      if (mean > LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let product = next();
      let count = 0;
      while (product > limit) {
        product *= next();
        count += 1;
      }
      return count;
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
  };
}
