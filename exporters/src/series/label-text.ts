const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", '"': '\\"' };

/** A label's value between quotes. */
export const escapeLabelValue = (value: string): string =>
  value.replace(/[\\\n"]/g, (character) => ESCAPED[character] ?? character);

/** The text of HELP in format 0.0.4, where quotes stay as they are. */
export const escapeHelp = (help: string): string =>
  help.replace(/[\\\n]/g, (character) => ESCAPED[character] ?? character);

/**
 * `a="1",b="2"`. A label without text is left out: to Prometheus it is not there.
 *
 * @param constantLabels rendered labels that every series carries; one that the series has itself wins
 */
export function renderLabels(
  names: readonly string[],
  values: readonly string[],
  constantLabels = "",
): string {
  const own = names.flatMap((name, i) => {
    const value = values[i] ?? "";
    return value === "" ? [] : [`${name}="${escapeLabelValue(value)}"`];
  });
  if (constantLabels === "") return own.join(",");
  const others = [...constantLabels.matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)];
  const added = others.flatMap(([text, name = ""]) => {
    const at = names.indexOf(name);
    return at >= 0 && (values[at] ?? "") !== "" ? [] : [text];
  });
  return [...own, ...added].join(",");
}
