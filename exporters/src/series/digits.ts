/** The widest text that JavaScript writes for a number, such as `-2.2250738585072014e-308`. */
export const MAX_WIDTH = 24;

/** Beyond this not every whole number has digits of its own. */
const MAX_WHOLE = 1e15;

/** Whether a number is written digit by digit, in exactly as many places as it has. */
export const isWhole = (value: number): boolean =>
  value >= 0 && value < MAX_WHOLE && Math.floor(value) === value;

/** How many digits a whole number has. */
export function widthOf(value: number): number {
  let width = 1;
  for (let limit = 10; value >= limit; limit *= 10) width++;
  return width;
}

const ZERO = 48;

/** Writes a whole number right-aligned into `width` bytes at `at`. */
export function putWhole(bytes: Uint8Array, at: number, width: number, value: number): void {
  let position = at + width;
  let rest = value;
  // Division of small integers is several times faster.
  while (rest >= 0x40000000) {
    const tenth = Math.floor(rest / 10);
    bytes[--position] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  let small = rest | 0;
  do {
    const tenth = (small / 10) | 0;
    bytes[--position] = ZERO + (small - tenth * 10);
    small = tenth;
  } while (small !== 0);
}

/** A number as Prometheus reads it. */
export function textOfNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

/**
 * The same number in exactly `width` characters, by zeros that change nothing: `0.5` in six is `0.5000`.
 * Undefined where that cannot be: it is wider, or not finite.
 */
export function padNumber(text: string, width: number): string | undefined {
  if (text.length === width) return text;
  if (text.length > width || /[fN]/.test(text)) return undefined;
  const exponentAt = text.indexOf("e");
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? "" : text.slice(exponentAt);
  const pointed = mantissa.includes(".") ? mantissa : `${mantissa}.`;
  return pointed.padEnd(width - exponent.length, "0") + exponent;
}
