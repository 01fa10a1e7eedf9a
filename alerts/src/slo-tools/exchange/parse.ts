import type { Slo } from "@watchkeeper/catalogue/slo";
import { parseAllDocuments } from "yaml";
import { Field } from "./field.ts";
import { parseOpenSlo } from "./openslo-parse.ts";
import { parseSloth } from "./sloth.ts";

const LONGEST = 1_048_576;

function documentsOf(file: string, text: string): readonly Field[] {
  const whole = new Field(file, "the file", undefined);
  if (text.length > LONGEST) whole.refuse(`at most ${LONGEST} characters`, `${text.length}`);
  const parsed = parseAllDocuments(text);
  const documents = Array.isArray(parsed) ? parsed : [];
  const values = documents.map((document) => {
    const [error] = document.errors;
    if (error) whole.refuse("YAML", error.message.split("\n")[0]?.replace(/:$/, ""));
    try {
      return document.toJS() as unknown;
    } catch (failure) {
      return whole.refuse("YAML", failure instanceof Error ? failure.message : "something else");
    }
  });
  const filled = values.filter((value) => value !== null && value !== undefined);
  const many = filled.length > 1;
  return filled.map((value, i) => new Field(file, many ? `document ${i + 1}` : "", value));
}

/**
 * Reads promises from an OpenSLO v1 or a sloth `prometheus/v1` file. All of it can be carried, or nothing is read.
 * @param file its name, for what is said of it
 * @param taken names that promises already bear
 * @throws Error that names the file, the field, what is allowed and what was found
 */
export function parsePromises(file: string, text: string, taken: readonly string[] = []): readonly Slo[] {
  const documents = documentsOf(file, text);
  const [first, ...others] = documents;
  const whole = new Field(file, "the file", undefined);
  if (!first) return whole.refuse("an OpenSLO v1 or sloth prometheus/v1 file");
  const sloth = !first.at("version").missing;
  if (!sloth && first.at("apiVersion").missing) {
    whole.refuse("an OpenSLO v1 or sloth prometheus/v1 file", "neither apiVersion nor version");
  }
  if (sloth && others.length > 0) whole.refuse("one document", `${documents.length}`);
  const slos = sloth ? parseSloth(first) : parseOpenSlo(documents);
  if (slos.length === 0) whole.refuse("a file with at least one SLO", "none");
  const seen = new Set(taken);
  for (const { name } of slos) {
    if (seen.has(name)) new Field(file, "the name of an SLO", name).refuse("one that no other promise bears");
    seen.add(name);
  }
  return slos;
}
