import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { services } from "@watchkeeper/catalogue/services";
import type { Slo } from "@watchkeeper/catalogue/slo";
import { parseDocument } from "yaml";
import { Field } from "../exchange/field.ts";

/** What people know to have happened: pages are judged by it. Times in Unix seconds. */
export interface LabelledIncident {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  /** Whose promises it broke; all promises where neither is given. */
  readonly services: readonly string[];
  readonly promises: readonly string[];
}

/** A file with more is none that people have written. */
const LONGEST = 1_048_576;
const MOST = 10_000;
const FIELDS = ["begin", "end", "title", "services", "promises"] as const;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function instantOf(field: Field): number {
  const ms =
    typeof field.value === "string" && INSTANT.test(field.value) ? Date.parse(field.value) : Number.NaN;
  if (Number.isNaN(ms)) field.refuse("a time with its offset such as 2026-10-01T02:00:00Z");
  return ms / 1_000;
}

const namesOf = (field: Field, known: readonly string[]): readonly string[] =>
  field.missing ? [] : field.list().map((each) => each.oneOf(known));

function incidentOf(field: Field, slos: readonly Slo[]): LabelledIncident {
  field.only(...FIELDS);
  const [from, to] = [instantOf(field.at("begin")), instantOf(field.at("end"))];
  if (to <= from) field.at("end").refuse(`after its begin (${String(field.at("begin").value)})`);
  return {
    title: field.at("title").text().replace(/\s+/g, " ").replaceAll("|", "/"),
    from,
    to,
    services: namesOf(field.at("services"), Object.keys(services)),
    promises: namesOf(
      field.at("promises"),
      slos.map(({ name }) => name),
    ),
  };
}

/**
 * Reads incidents from YAML or JSON: a list of `begin`, `end`, `title` and, where not every promise was concerned,
 * `services` or `promises`. They come in the order of their begins.
 * @param file its name, for what is said of it
 * @throws Error that names the file, the field, what is allowed and what was found
 */
export function parseIncidents(
  file: string,
  text: string,
  slos: readonly Slo[],
): readonly LabelledIncident[] {
  const task = "read incidents from";
  const whole = new Field(file, "the file", undefined, task);
  if (text.length > LONGEST) whole.refuse(`at most ${LONGEST} characters`, `${text.length}`);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) whole.refuse("YAML or JSON", error.message.split("\n")[0]?.replace(/:$/, ""));
  const list = new Field(file, "incidents", document.toJS({ maxAliasCount: 100 }), task).list();
  if (list.length > MOST) whole.refuse(`a list of at most ${MOST} incidents`, `${list.length}`);
  return list.map((field) => incidentOf(field, slos)).sort((a, b) => a.from - b.from);
}

/** Reads incidents from a file. @throws Error when it cannot be read, and that of `parseIncidents` */
export async function loadIncidents(
  file: string,
  slos: readonly Slo[],
): Promise<readonly LabelledIncident[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `Cannot read incidents from "${file}" as it cannot be read: ${error.code ?? error.message}`,
    );
  });
  return parseIncidents(basename(file), text, slos);
}

/** Whether an incident broke a promise of that name and service. */
export const concerns = ({ services, promises }: LabelledIncident, slo: Slo): boolean =>
  (services.length === 0 && promises.length === 0) ||
  services.includes(slo.service) ||
  promises.includes(slo.name);
