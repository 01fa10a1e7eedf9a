import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { Database, Queries } from "../database/database.ts";
import type { Import } from "./import.ts";

export const IMPORT_LIMITS = {
  rows: 1_000_000,
  /** Rows of one statement. */
  chunk: 5_000,
  /** One line of a file. */
  lineBytes: 10_000,
  /** Rows of a JSON body. */
  jsonRows: 1_000,
} as const;

/** What was sent cannot be imported; nothing of it was. The message names the row and what it must be. */
export class ImportError extends Error {
  override readonly name = "ImportError";
  /** Rows that were read, the bad one included. */
  readonly rows: number;
  constructor(what: string, reason: string, rows: number) {
    super(`Cannot import ${what} as ${reason}: nothing was imported`);
    this.rows = rows;
  }
}

function checkColumns({ name, columns }: Import, found: readonly string[]): void {
  const known = [...columns.needed, ...columns.optional];
  const missing = columns.needed.filter((column) => !found.includes(column));
  const unknown = found.filter((column) => !known.includes(column));
  const wrong = [
    ...(missing.length > 0 ? [`${missing.join(", ")} is missing`] : []),
    ...(unknown.length > 0 ? [`${unknown.slice(0, 5).join(", ").slice(0, 200)} is not known`] : []),
    ...(new Set(found).size < found.length ? ["one is there twice"] : []),
  ];
  if (wrong.length > 0) {
    throw new ImportError(name, `its columns must be ${known.join(", ")}: ${wrong.join("; ")}`, 0);
  }
}

/** The rows of a CSV file with a header line, one after the other. @throws ImportError */
async function* readCsv(definition: Import, body: Readable): AsyncGenerator<Record<string, string>> {
  const parser = body.pipe(
    parse({
      bom: true,
      columns: (header: string[]) => {
        const names = header.map((name) => name.trim().toLowerCase());
        checkColumns(definition, names);
        return names;
      },
      max_record_size: IMPORT_LIMITS.lineBytes,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  const lost = (): unknown => body.readableEnded || parser.destroy(new Error("the sender went away"));
  body.on("error", (error) => parser.destroy(error)).on("close", lost);
  try {
    yield* parser;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 0);
    throw new ImportError(definition.name, `line ${line} is no CSV: ${error.message}`, line);
  } finally {
    // The sender only listens once it has sent everything.
    body.off("close", lost).unpipe(parser);
    body.resume();
    parser.destroy();
  }
}

/** The rows of a JSON array of objects. @throws ImportError */
function* readJson(definition: Import, body: unknown): Generator<Record<string, string>> {
  const isList = Array.isArray(body) && body.every((row) => typeof row === "object" && row !== null);
  if (!isList) throw new ImportError(definition.name, "it must be a list of objects", 0);
  if (body.length > IMPORT_LIMITS.jsonRows) {
    throw new ImportError(
      definition.name,
      `a JSON list may have ${IMPORT_LIMITS.jsonRows} rows and this one has ${body.length}; send more as CSV`,
      body.length,
    );
  }
  for (const row of body as Record<string, unknown>[]) {
    checkColumns(definition, Object.keys(row));
    yield Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value ?? "")]));
  }
}

async function storeRows(
  { query }: Queries,
  definition: Import,
  rows: AsyncIterable<Record<string, string>> | Iterable<Record<string, string>>,
): Promise<number> {
  const absent = Object.fromEntries(definition.columns.needed.map((column) => [column, ""]));
  let count = 0;
  let chunk = new Map<string, unknown>();
  const flush = async (): Promise<void> => {
    if (chunk.size > 0)
      await query(`import_${definition.name}`, definition.text, definition.values([...chunk.values()]));
    chunk = new Map();
  };
  for await (const raw of rows) {
    count++;
    if (count > IMPORT_LIMITS.rows) {
      throw new ImportError(
        definition.name,
        `it has more than ${IMPORT_LIMITS.rows} rows; send it in parts`,
        count,
      );
    }
    const parsed = definition.row.safeParse({ ...absent, ...raw });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const column = issue?.path.join(".") || "it";
      throw new ImportError(definition.name, `in row ${count} ${column} is wrong: ${issue?.message}`, count);
    }
    // The last of several rows with one id is the newest.
    chunk.set(definition.idOf(parsed.data), parsed.data);
    if (chunk.size >= IMPORT_LIMITS.chunk) await flush();
  }
  await flush();
  return count;
}

/**
 * Imports rows, all of them or none. The same file again changes nothing.
 *
 * @param body a CSV file as a stream, or what a JSON body was parsed to
 * @returns how many rows there were
 * @throws ImportError that names what is wrong
 */
export const importRows = (
  database: Pick<Database, "transaction">,
  definition: Import,
  body: { readonly csv: Readable } | { readonly json: unknown },
): Promise<number> =>
  database.transaction((queries) =>
    storeRows(
      queries,
      definition,
      "csv" in body ? readCsv(definition, body.csv) : readJson(definition, body.json),
    ),
  );
