import type { FieldConfig, Mapping, MappingResult, Panel } from "./model.ts";
import { formatValue } from "./units.ts";

/** What a field is known by when overrides look for it. */
export interface FieldName {
  readonly name: string;
  readonly refId: string;
  readonly type: "number" | "string" | "time";
}

/** A field's configuration after all overrides. */
export interface Field extends FieldConfig {
  readonly custom: Readonly<Record<string, unknown>>;
}

const regexOf = (source: string): RegExp => {
  const parts = /^\/(.*)\/([gimsuy]*)$/s.exec(source);
  return parts ? new RegExp(parts[1] ?? "", parts[2]?.replace("g", "")) : new RegExp(source);
};

const matchers: Readonly<Record<string, (options: unknown, field: FieldName) => boolean>> = {
  byName: (name, field) => name === field.name,
  byRegexp: (source, field) => regexOf(String(source)).test(field.name),
  byFrameRefID: (refId, field) => refId === field.refId,
  byType: (type, field) => type === field.type,
};

/** @throws Error when an override looks for fields in a way that is unknown here */
export function fieldOf(config: Panel["fieldConfig"], field: FieldName): Field {
  const found: Record<string, unknown> = { ...config?.defaults };
  const custom: Record<string, unknown> = { ...config?.defaults?.custom };
  for (const { matcher, properties } of config?.overrides ?? []) {
    const matches = Object.hasOwn(matchers, matcher.id) ? matchers[matcher.id] : undefined;
    if (!matches) throw new Error(`Cannot apply an override as there is no matcher "${matcher.id}" here`);
    if (!matches(matcher.options, field)) continue;
    for (const { id, value } of properties) {
      if (id.startsWith("custom.")) custom[id.slice(7)] = value;
      else found[id] = value;
    }
  }
  return { ...found, custom };
}

function resultOf(mapping: Mapping, value: number | string | null): MappingResult | undefined {
  switch (mapping.type) {
    case "value":
      return value !== null && Object.hasOwn(mapping.options, String(value))
        ? mapping.options[String(value)]
        : undefined;
    case "range": {
      const { from, to, result } = mapping.options;
      if (typeof value !== "number" || Number.isNaN(value)) return undefined;
      return value >= (from ?? Number.NEGATIVE_INFINITY) && value <= (to ?? Number.POSITIVE_INFINITY)
        ? result
        : undefined;
    }
    case "regex":
      return typeof value === "string" && regexOf(mapping.options.pattern).test(value)
        ? mapping.options.result
        : undefined;
    case "special": {
      const { match, result } = mapping.options;
      const isNull = value === null;
      const isNan = typeof value === "number" && Number.isNaN(value);
      const hit =
        (match === "null" && isNull) ||
        (match === "nan" && isNan) ||
        (match === "null+nan" && (isNull || isNan)) ||
        (match === "empty" && value === "");
      return hit ? result : undefined;
    }
  }
}

export interface Shown {
  readonly text: string;
  /** A name of Grafana's colours or a hex colour, when a mapping gives one. */
  readonly color?: string;
}

/** A value as a reader sees it. Nothing at all is said to be nothing, never 0. */
export function showValue(field: FieldConfig, value: number | string | null): Shown {
  for (const mapping of field.mappings ?? []) {
    const result = resultOf(mapping, value);
    if (result)
      return {
        text: result.text ?? plain(field, value),
        ...(result.color !== undefined && { color: result.color }),
      };
  }
  return { text: plain(field, value) };
}

function plain(field: FieldConfig, value: number | string | null): string {
  if (value === null) return field.noValue ?? "No data";
  if (typeof value === "string") return value;
  // A quotient of nothing by nothing: there is no value to be had.
  if (Number.isNaN(value)) return field.noValue ?? "–";
  return formatValue(field.unit, value, field.decimals);
}

/** The colour of the highest threshold that a value reaches. @param range for thresholds in percent */
export function thresholdColor(
  field: FieldConfig,
  value: number | null,
  range: readonly [number, number] = [0, 100],
): string {
  const { mode, steps } = field.thresholds ?? { mode: "absolute", steps: [] };
  const [min, max] = range;
  const at = value !== null && mode === "percentage" ? ((value - min) / (max - min)) * 100 : value;
  let color = "green";
  for (const step of steps)
    if (step.value === null || (at !== null && !Number.isNaN(at) && at >= step.value)) color = step.color;
  return at === null || Number.isNaN(at) ? "text" : color;
}
