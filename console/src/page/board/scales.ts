import uPlot from "uplot";
import type { Field } from "../../boards/field.ts";

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** A limit that is drawn should be seen, unless the values are so small that they would then look like nothing. */
function limitInSight(field: Field, high: number): number {
  const mode = (field.custom.thresholdsStyle as { mode?: string } | undefined)?.mode ?? "off";
  if (mode === "off") return high;
  const limits = (field.thresholds?.steps ?? []).flatMap(({ value }) => (value === null ? [] : [value]));
  const next = limits.filter((limit) => limit > high).sort((a, b) => a - b)[0];
  return next !== undefined && (high <= 0 || next <= high * 4) ? next : high;
}

/** From where to where a scale of values goes: it holds 0, and ends where the field says so. */
function rangeOf(field: Field, low: number | null, high: number | null): [number, number] {
  const soft = field.custom;
  const bottom = Math.min(low ?? 0, isNumber(soft.axisSoftMin) ? soft.axisSoftMin : 0);
  const top = limitInSight(field, Math.max(high ?? 0, isNumber(soft.axisSoftMax) ? soft.axisSoftMax : 0));
  const span = top - bottom || 1;
  const min = isNumber(field.min) ? field.min : bottom < 0 ? bottom - span * 0.05 : 0;
  const max = isNumber(field.max) ? field.max : top > 0 ? top + span * 0.06 : bottom < 0 ? 0 : min + 1;
  return max > min ? [min, max] : [min, min + 1];
}

export function valueScale(field: Field): uPlot.Scale {
  const distribution = field.custom.scaleDistribution as { type?: string; log?: 2 | 10 } | undefined;
  if (distribution?.type !== "log") return { range: (_plot, low, high) => rangeOf(field, low, high) };
  const log = distribution.log ?? 10;
  return {
    distr: 3,
    log,
    range: (_plot, low, high) => uPlot.rangeLog(low > 0 ? low : 0.001, high > 0 ? high : 1, log, true),
  };
}
