/** One line of `/metrics`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of `/metrics` with all its lines. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", "\\n": "\n", '\\"': '"' };
const unescapeText = (text: string): string =>
  text.replace(/\\[\\n"]/g, (escaped) => UNESCAPED[escaped] ?? escaped);

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!match) throw new Error(`Cannot parse sample "${line}": it is not name{labels} value`);
  const [, name = "", labelText = "", value = ""] = match;
  const pairs = [...labelText.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  const labels = Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, unescapeText(text)]));
  return { name, labels, value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value) };
}

/**
 * Parses Prometheus' text format 0.0.4 as prom-client writes it.
 *
 * @throws Error that quotes the line that is no sample or belongs to no metric
 */
export function parseExposition(text: string): readonly Family[] {
  const families: Family[] = [];
  let help = { name: "", text: "" };
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === "HELP") help = { name, text: unescapeText(rest) };
    else if (kind === "TYPE") {
      families.push({ name, type: rest, help: help.name === name ? help.text : "", samples: [] });
    } else if (line !== "" && !line.startsWith("#")) {
      const family = families.at(-1);
      const sample = parseSample(line);
      if (!family || !sample.name.startsWith(family.name)) {
        throw new Error(`Cannot parse sample "${line}": it has no TYPE line above it`);
      }
      family.samples.push(sample);
    }
  }
  return families;
}
