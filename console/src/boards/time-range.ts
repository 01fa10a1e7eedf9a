/** A span of time as the address holds it: `now-6h`, `now/d` or milliseconds since 1970. */
export interface RangeText {
  readonly from: string;
  readonly to: string;
}

/** Unix seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** @returns seconds @throws Error when it is no duration such as `15s` or `1h30m` */
export function parseDuration(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trim())
    throw new Error(`Cannot read "${text}" as a duration such as 15s, 5m or 1h`);
  return parts.reduce((total, [, count, unit = "s"]) => total + Number(count) * (SECONDS[unit] ?? 1), 0);
}

/** @param seconds of at least a millisecond */
export const durationText = (seconds: number): string =>
  seconds >= 1 && Number.isInteger(seconds) ? `${seconds}s` : `${Math.max(1, Math.round(seconds * 1_000))}ms`;

function calendar(at: Date, unit: string, end: boolean): number {
  const step = end ? 1 : 0;
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  const starts: Readonly<Record<string, () => Date>> = {
    m: () => new Date(year, month, day, at.getHours(), at.getMinutes() + step),
    h: () => new Date(year, month, day, at.getHours() + step),
    d: () => new Date(year, month, day + step),
    w: () => new Date(year, month, day - ((at.getDay() + 6) % 7) + step * 7),
    M: () => new Date(year, month + step),
    y: () => new Date(year + step, 0),
  };
  return (starts[unit]?.() ?? at).getTime() / 1_000 - step * 0.001;
}

/** @returns Unix seconds; undefined when it is no moment */
export function parseMoment(text: string, nowSeconds: number, end = false): number | undefined {
  const relative = /^now(?:([+-])(\d+(?:ms|[smhdwMy])))?(?:\/([mhdwMy]))?$/.exec(text.trim());
  if (relative) {
    const [, sign, offset, unit] = relative;
    const at = nowSeconds + (offset ? parseDuration(offset) * (sign === "-" ? -1 : 1) : 0);
    return unit ? calendar(new Date(at * 1_000), unit, end) : at;
  }
  const ms = /^\d+$/.test(text.trim()) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) ? ms / 1_000 : undefined;
}

/** Ten years: more asks for what nobody has stored. */
const LONGEST_SECONDS = 10 * 366 * 86_400;

/** @throws Error when the text is no span, or one that ends before it begins */
export function parseRange({ from, to }: RangeText, nowSeconds: number): Range {
  const start = parseMoment(from, nowSeconds);
  const end = parseMoment(to, nowSeconds, true);
  if (start === undefined) throw new Error(`Cannot read "${from}" as the beginning of a time range`);
  if (end === undefined) throw new Error(`Cannot read "${to}" as the end of a time range`);
  if (end <= start) throw new Error("Cannot show a time range that ends before it begins");
  if (end - start > LONGEST_SECONDS) throw new Error("Cannot show a time range of more than ten years");
  return { from: start, to: end };
}

/** Grafana's steps, by the width from which on each is taken: seconds. */
const STEPS: readonly (readonly [below: number, step: number])[] = [
  [0.01, 0.001],
  [0.015, 0.01],
  [0.035, 0.02],
  [0.075, 0.05],
  [0.15, 0.1],
  [0.35, 0.2],
  [0.75, 0.5],
  [1.5, 1],
  [3.5, 2],
  [7.5, 5],
  [12.5, 10],
  [17.5, 15],
  [25, 20],
  [45, 30],
  [90, 60],
  [210, 120],
  [450, 300],
  [750, 600],
  [1_050, 900],
  [1_500, 1_200],
  [2_700, 1_800],
  [5_400, 3_600],
  [9_000, 7_200],
  [16_200, 10_800],
  [32_400, 21_600],
  [86_400, 43_200],
  [604_800, 86_400],
  [1_814_400, 604_800],
  [3_628_800, 2_592_000],
];

/** What Prometheus answers at most, per series. */
const MOST_POINTS = 11_000;

/**
 * The distance of two points.
 *
 * @param points that fit into the chart
 * @param smallest seconds: nothing is measured more often
 */
export function stepOf({ from, to }: Range, points: number, smallest: number): number {
  const wanted = (to - from) / Math.max(1, points);
  const nice = STEPS.find(([below]) => wanted < below)?.[1] ?? 31_536_000;
  return Math.max(nice, smallest, Math.ceil((to - from) / (MOST_POINTS - 1)));
}

/** The times at which a range query answers: multiples of the step, so that the same moments are asked again. */
export function alignRange({ from, to }: Range, step: number): Range {
  return { from: Math.floor(from / step) * step, to: Math.floor(to / step) * step };
}
