import type { Unit } from "@watchkeeper/catalogue/metric";

/** The units that our boards use, by their ids in Grafana, with what they mean. */
export const units = {
  short: "a count, shortened to K and M",
  none: "a number as it is",
  s: "seconds",
  bytes: "bytes, in powers of 1024",
  Bps: "bytes a second",
  percentunit: "a share of 1, shown in percent",
  reqps: "requests a second",
  ops: "operations a second",
  dateTimeFromNow: "a moment, told as the time since then (milliseconds)",
  bool_yes_no: "1 is yes, 0 is no",
} as const;

export type UnitId = keyof typeof units;

const OF_METRIC: Readonly<Record<Unit, UnitId>> = {
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  timestamp_seconds: "dateTimeFromNow",
  cores: "none",
  items: "short",
};

/** How a value of the metric itself is shown. A rate or a share of it needs a unit of its own. */
export const unitOf = (unit: Unit): UnitId => OF_METRIC[unit];
