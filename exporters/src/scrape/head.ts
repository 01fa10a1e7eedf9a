import { escapeHelp, escapeLabelValue } from "../series/label-text.ts";
import type { ExpositionFormat } from "./format.ts";

/**
 * The lines above a metric's samples. OpenMetrics knows a counter by its name without `_total`; one that does not end
 * so keeps its name and is of unknown type, since a sample that changes its name with the format is two metrics.
 */
export function renderHead(name: string, help: string, type: string, format: ExpositionFormat): string {
  if (format === "text") return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const isTotal = type === "counter" && name.endsWith("_total");
  const family = isTotal ? name.slice(0, -"_total".length) : name;
  const shownType = (type === "counter" && !isTotal) || type === "untyped" ? "unknown" : type;
  return `# HELP ${family} ${escapeLabelValue(help)}\n# TYPE ${family} ${shownType}\n`;
}

/** What prom-client renders of a metric of its own, with the lines above it as the format wants them. */
export function adaptForeign(text: string, format: ExpositionFormat): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const name = /^# TYPE (\S+) /.exec(lines[1] ?? "")?.[1];
  if (format === "text" || name === undefined) return `${lines.join("\n")}\n`;
  const type = lines[1]?.split(" ")[3] ?? "untyped";
  const help = lines[0]?.slice(`# HELP ${name} `.length) ?? "";
  const head = renderHead(name, "", type, format).replace(
    /^(# HELP \S+) /,
    (_, start) => `${start} ${help.replaceAll('"', '\\"')}`,
  );
  return `${head}${lines.slice(2).join("\n")}\n`;
}
