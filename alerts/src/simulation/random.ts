/** Chance that is the same in every run with the same seed. */
export interface Random {
  /** From 0 to 1, without 1. */
  uniform(): number;
  /** How many of independent events happen of which `mean` are expected. */
  poisson(mean: number): number;
}

/** Beyond this many expected events, their number is as good as normally distributed. */
const MANY = 40;

/** Mulberry32 (Tommy Ettinger, public domain): good enough for traffic, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    if (mean > MANY) {
      const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
    }
    const limit = Math.exp(-mean);
    let events = 0;
    for (let product = uniform(); product > limit; product *= uniform()) events += 1;
    return events;
  };
  return { uniform, poisson };
}
