/** How values read. Every function takes base units: seconds, ratios from 0 to 1, requests a second. */

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toFixed(decimals);
}

export const formatRate = (perSecond: number): string =>
  perSecond >= 10_000 ? `${digits(perSecond / 1_000)}k` : digits(perSecond);

export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return "< 0.01 %";
  return `${digits(percent)} %`;
}

export function formatSeconds(seconds: number): string {
  const ms = seconds * 1_000;
  if (ms < 1) return ms === 0 ? "0 ms" : "< 1 ms";
  return ms < 1_000 ? `${digits(ms)} ms` : `${digits(seconds)} s`;
}

/** A value on an axis: without zeros that say nothing. */
export const shortened = (text: string): string =>
  text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

/** An age as people say it. @param ms not negative */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
