/** How reports write numbers: the same everywhere, in plain English. */

/** `1,204`. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en-GB");

/** A share as per cent, with as many digits as tell promises apart: `99.95 %`. Never rounded up to 100. */
export function percent(share: number, digits = 1): string {
  const value = share * 100;
  const text = value.toFixed(digits);
  if (Number(text) === 100 && value < 100) return `over ${(100 - 10 ** -digits).toFixed(digits)} %`;
  if (Number(text) === 0 && value > 0) return `under ${(10 ** -digits).toFixed(digits)} %`;
  return `${text.includes(".") ? text.replace(/\.?0+$/, "") : text} %`;
}

/** `8 s`, `42 min`, `3 h 5 min`, `2 days`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 90) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** `1 page`, `3 pages`. */
export const several = (value: number, one: string, many = `${one}s`): string =>
  `${whole(value)} ${Math.round(value) === 1 ? one : many}`;

/**
 * How a number compares with an earlier one, in words: `12 % more than the week before`.
 *
 * @param unit what the earlier number is of, such as `week`; undefined earlier numbers were not measured
 */
export function trend(now: number, before: number | undefined, unit: string): string {
  if (before === undefined) return `the ${unit} before was not measured`;
  if (now === before) return `as in the ${unit} before`;
  if (before === 0) return `none in the ${unit} before`;
  const change = (now - before) / before;
  // Of few things a share says nothing.
  if (before < 10 || Math.abs(change) >= 2) return `${whole(before)} in the ${unit} before`;
  const size = Math.abs(change) < 0.005 ? "under 1 %" : `${Math.round(Math.abs(change) * 100)} %`;
  return `${size} ${change > 0 ? "more" : "fewer"} than the ${unit} before`;
}
