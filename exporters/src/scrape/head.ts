import { escapeHelp } from "../series/label-text.ts";
import type { ExpositionFormat } from "./format.ts";

/**
 * OpenMetrics knows a counter by its name without `_total`; one that does not end so keeps its name and is of unknown
 * type, since a sample that changes its name with the format is two metrics. It wants quotes escaped too.
 *
 * @param help as format 0.0.4 has it
 */
function headOf(name: string, help: string, type: string, format: ExpositionFormat): string {
  if (format === "text") return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  const isTotal = type === "counter" && name.endsWith("_total");
  const family = isTotal ? name.slice(0, -"_total".length) : name;
  const shownType = (type === "counter" && !isTotal) || type === "untyped" ? "unknown" : type;
  return `# HELP ${family} ${help.replaceAll('"', '\\"')}\n# TYPE ${family} ${shownType}\n`;
}

/** The lines above a metric's samples. */
export const renderHead = (name: string, help: string, type: string, format: ExpositionFormat): string =>
  headOf(name, escapeHelp(help), type, format);

/** What prom-client renders of a metric of its own, with the lines above it as the format wants them. */
export function adaptForeign(text: string, format: ExpositionFormat): string {
  const [help = "", type = "", ...samples] = text.split("\n").filter((line) => line !== "");
  const [, name, shownType = "untyped"] = /^# TYPE (\S+) (\S+)$/.exec(type) ?? [];
  if (name === undefined) return `${text}\n`;
  const head = headOf(name, help.slice(`# HELP ${name} `.length), shownType, format);
  return `${[head.trimEnd(), ...samples].join("\n")}\n`;
}
