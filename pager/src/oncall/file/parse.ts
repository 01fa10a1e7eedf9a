import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { contradictionsOf, type Problem } from "./contradictions.ts";
import { fileShape, type OnCallFile } from "./shape.ts";

/** Something in the on-call file is wrong; the message is the whole answer and names the line. */
export class OnCallFileError extends Error {
  override readonly name = "OnCallFileError";
  /** Every problem as `line 12, people.ada.channels: …`, in the order of the lines. */
  readonly problems: readonly string[];
  constructor(message: string, problems: readonly string[]) {
    super(message);
    this.problems = problems;
  }
}

/** A schedule for every hour of the largest company fits in. */
const MAX_CHARACTERS = 1_000_000;

/** The line of a key or value, or of the nearest thing around it that the file has. */
function lineOf(document: Document, lines: LineCounter, path: Problem["path"]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(key));
      if (isNode(pair?.key) && pair.key.range) offset = pair.key.range[0];
      node = pair?.value;
    } else {
      node =
        isNode(node) && "get" in node
          ? (node as { get(at: unknown, keep: true): unknown }).get(key, true)
          : undefined;
      if (isNode(node) && node.range) offset = node.range[0];
    }
    if (node === undefined) break;
  }
  return Math.max(1, lines.linePos(offset).line);
}

interface ShapeIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly input?: unknown;
  readonly errors?: readonly (readonly ShapeIssue[])[];
}

/** zod's words where they are ours already; otherwise what is missing or unknown, by name. */
function problemsOf(issue: ShapeIssue): readonly Problem[] {
  const path = issue.path as Problem["path"];
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], message: "there is no such setting" }));
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors?.flat()[0];
    return [{ path, message: inner?.message ?? issue.message }];
  }
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return [{ path, message: missing ? "it is missing" : issue.message }];
}

/**
 * Reads and checks the on-call file.
 *
 * @param name what error messages call the file
 * @throws OnCallFileError `Cannot use on-call.yaml:12 as people.ada.channels: nobody could be told: …`
 */
export function parseOnCallFile(text: string, name: string): OnCallFile {
  const fail = (problems: readonly { readonly line: number; readonly what: string }[]): never => {
    const sorted = [...problems].sort((one, other) => one.line - other.line);
    const [first] = sorted;
    const more = sorted.length > 1 ? ` (and ${sorted.length - 1} more)` : "";
    throw new OnCallFileError(
      `Cannot use ${name}:${first?.line ?? 1} as ${first?.what ?? "it is wrong"}${more}`,
      sorted.map(({ line, what }) => `line ${line}, ${what}`),
    );
  };
  if (text.length > MAX_CHARACTERS)
    fail([{ line: 1, what: `it has more than ${MAX_CHARACTERS} characters` }]);

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    fail(document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, what: message })));
  }
  const located = (problems: readonly Problem[]) =>
    problems.map(({ path, message }) => ({
      line: lineOf(document, lines, path),
      what: path.length > 0 ? `${path.join(".")}: ${message}` : message,
    }));

  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return fail([{ line: 1, what: error instanceof Error ? error.message : String(error) }]);
  }
  const shaped = fileShape.safeParse(content);
  if (!shaped.success)
    return fail(located(shaped.error.issues.flatMap((issue) => problemsOf(issue as ShapeIssue))));
  const contradictions = contradictionsOf(shaped.data);
  return contradictions.length > 0 ? fail(located(contradictions)) : shaped.data;
}
