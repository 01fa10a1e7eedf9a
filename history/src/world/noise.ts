/** A number from 0 to 1 that belongs to a text and a whole number, the same in every run. */
export function chance(text: string, index: number): number {
  let mixed = 0x811c9dc5 ^ index;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * Something between -1 and 1 that changes smoothly over time.
 * @param text what wobbles, with the seed
 * @param at Unix seconds
 * @param period seconds in which it may go from one end to the other
 */
export function wobble(text: string, at: number, period: number): number {
  const before = Math.floor(at / period);
  const share = at / period - before;
  const smooth = share * share * (3 - 2 * share);
  const from = chance(text, before);
  return 2 * (from + (chance(text, before + 1) - from) * smooth) - 1;
}
