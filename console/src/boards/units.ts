/** Grafana's units, as Grafana writes them: a manager must not read two numbers for one thing. */

export type Decimals = number | null | undefined;
export type Format = (value: number, decimals?: Decimals) => string;

/** As many decimals as tell the value from its neighbours. */
function decimalsFor(value: number): number {
  if (value % 1 === 0) return 0;
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const first = 1 - exponent;
  const leading = Math.abs(value) / 10 ** -first;
  return Math.max(0, leading > 2.25 ? first + 1 : first);
}

/** A plain number. */
export function fixed(value: number, decimals?: Decimals): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  const count = Math.min(100, decimals ?? decimalsFor(value));
  if (value === 0) return value.toFixed(count);
  const factor = 10 ** Math.max(0, count);
  const text = String(Math.round(value * factor) / factor);
  if (text.includes("e")) return text;
  const [whole = "", fraction = ""] = text.split(".");
  return count > 0 ? `${whole}.${fraction.padEnd(count, "0")}` : text;
}

/** Steps of one factor, such as B, KiB, MiB; `offset` of them lie below the unit itself. */
const scaled =
  (factor: number, suffixes: readonly string[], offset = 0): Format =>
  (value, decimals) => {
    const exact = value === 0 || !Number.isFinite(value) ? 0 : Math.log(Math.abs(value)) / Math.log(factor);
    // log(1000) / log(10) is just below 3: a hair must not cost a step.
    const steps = Math.floor(exact + 1e-12);
    const step = Math.max(-offset, Math.min(suffixes.length - offset - 1, steps));
    return fixed(value / factor ** step, decimals) + (suffixes[step + offset] ?? "");
  };

const PREFIXES = ["n", "µ", "m", "", "k", "M", "G", "T", "P"];
const si = (unit: string): Format =>
  scaled(
    1_000,
    PREFIXES.map((prefix) => ` ${prefix}${unit}`),
    PREFIXES.indexOf(""),
  );
const binary = (unit: string): Format =>
  scaled(
    1_024,
    ["", "Ki", "Mi", "Gi", "Ti", "Pi"].map((prefix) => ` ${prefix}${unit}`),
  );
const perSecond = (unit: string): Format =>
  scaled(
    1_000,
    ["", "K", "M", "B", "T"].map((prefix) => `${prefix} ${unit}`),
  );

const ages: readonly (readonly [below: number, size: number, name: string])[] = [
  [3_600, 60, "min"],
  [86_400, 3_600, "hour"],
  [604_800, 86_400, "day"],
  [31_536_000, 604_800, "week"],
  [Number.POSITIVE_INFINITY, 31_556_900, "year"],
];

const seconds: Format = (value, decimals) => {
  const size = Math.abs(value);
  if (value === 0) return "0 s";
  if (!Number.isFinite(value)) return `${fixed(value)} s`;
  if (size < 1e-6) return `${fixed(value * 1e9, decimals)} ns`;
  if (size < 1e-3) return `${fixed(value * 1e6, decimals)} µs`;
  if (size < 1) return `${fixed(value * 1e3, decimals)} ms`;
  if (size < 60) return `${fixed(value, decimals)} s`;
  const [, unit, name] = ages.find(([below]) => size < below) ?? ages[4] ?? [0, 1, "s"];
  const count = value / unit;
  return `${fixed(count, decimals)} ${name}${Math.abs(count) > 1 ? "s" : ""}`;
};

const two = (value: number): string => String(value).padStart(2, "0");
const moment: Format = (value) => {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return "never";
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

const spans: readonly (readonly [seconds: number, name: string])[] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** "3 hours ago". @param value milliseconds since 1970 */
const relative: Format = (value) => {
  if (!Number.isFinite(value)) return "never";
  const ago = (Date.now() - value) / 1_000;
  const [size, name] = spans.find(([span]) => Math.abs(ago) >= span) ?? [1, "second"];
  const count = Math.round(Math.abs(ago) / size);
  const text = `${count} ${name}${count === 1 ? "" : "s"}`;
  return ago >= 0 ? `${text} ago` : `in ${text}`;
};

/** Below a second they stay what they are. */
const milliseconds: Format = (value, decimals) => {
  if (!(Math.abs(value) >= 1_000)) return `${fixed(value, decimals)} ms`;
  const days = value / 86_400_000;
  if (Math.abs(days) < 7) return seconds(value / 1_000, decimals);
  return Math.abs(days) < 365 ? `${fixed(days, decimals)} days` : `${fixed(days / 365, decimals)} years`;
};

export const units: Readonly<Record<string, Format>> = {
  none: fixed,
  short: scaled(1_000, ["", " K", " Mil", " Bil", " Tri", " Quadr"]),
  locale: (value) => (Number.isFinite(value) ? value.toLocaleString("en") : fixed(value)),
  percent: (value, decimals) => `${fixed(value, decimals)}%`,
  percentunit: (value, decimals) => `${fixed(value * 100, decimals)}%`,
  ms: milliseconds,
  s: seconds,
  bytes: binary("B"),
  decbytes: si("B"),
  Bps: si("B/s"),
  binBps: binary("B/s"),
  bps: si("b/s"),
  cps: perSecond("c/s"),
  ops: perSecond("ops/s"),
  reqps: perSecond("req/s"),
  rps: perSecond("rd/s"),
  wps: perSecond("wr/s"),
  iops: perSecond("io/s"),
  hertz: si("Hz"),
  bool: (value) => (value === 0 ? "False" : "True"),
  bool_yes_no: (value) => (value === 0 ? "No" : "Yes"),
  bool_on_off: (value) => (value === 0 ? "Off" : "On"),
  dateTimeAsIso: moment,
  dateTimeFromNow: relative,
};

const withAffix = (unit: string): Format | undefined => {
  if (unit.startsWith("suffix:"))
    return (value, decimals) => `${fixed(value, decimals)} ${unit.slice(7).trim()}`;
  if (unit.startsWith("prefix:")) return (value, decimals) => unit.slice(7) + fixed(value, decimals);
  // Grafana shows a unit that it does not know behind the number.
  return undefined;
};

export const isUnit = (unit: string): boolean => Object.hasOwn(units, unit) || withAffix(unit) !== undefined;

/** @throws Error when there is no such unit */
export function formatValue(unit: string | undefined, value: number, decimals?: Decimals): string {
  const name = unit || "none";
  const format = Object.hasOwn(units, name) ? units[name] : withAffix(name);
  if (!format) throw new Error(`Cannot write a value as there is no unit "${name}" here`);
  return format(value, decimals);
}
