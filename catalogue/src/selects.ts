import { type BoundedLabel, type ClosedLabel, labels } from "./labels.ts";
import { PROBE_JOB } from "./names.ts";
import type { Matcher, Selector } from "./promql.ts";
import { type Service, services } from "./services.ts";

const jobs: readonly string[] = [
  ...Object.entries<Service>(services).flatMap(([name, { scrapePort }]) => (scrapePort ? [name] : [])),
  PROBE_JOB,
];

/** All values that a label can have; undefined where nobody knows them beforehand. */
function valuesOf(name: string): readonly string[] | undefined {
  if (name === "job") return jobs;
  const label = (labels as Readonly<Record<string, ClosedLabel<string> | BoundedLabel>>)[name];
  return label?.kind === "closed" ? label.values : undefined;
}

function isTaken(value: string, matcher: string | Matcher): boolean {
  if (typeof matcher === "string") return value === matcher;
  if (matcher.operator === "!=") return value !== matcher.value;
  // What Prometheus matches, it matches whole.
  const matches = new RegExp(`^(?:${matcher.value})$`).test(value);
  return matcher.operator === "=~" ? matches : !matches;
}

/** Why no series can ever be selected, as the end of a sentence; undefined where some can. */
export function whyNothing({ matchers }: Selector): string | undefined {
  for (const [label, matcher] of Object.entries(matchers)) {
    const values = valuesOf(label);
    if (values === undefined || values.some((value) => isTaken(value, matcher))) continue;
    const found = typeof matcher === "string" ? matcher : `${matcher.operator}${matcher.value}`;
    return `${label} must take one of ${values.join(", ")}: current value is ${found}`;
  }
  return undefined;
}
