import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { z } from "zod";

/** Something that comes from another system, row by row. One file each in this folder. */
export interface Import<Row = unknown> {
  readonly name: LabelValue<"import_name">;
  /** The columns that a file must have, and may have. */
  readonly columns: { readonly needed: readonly string[]; readonly optional: readonly string[] };
  /** Reads a row: every value is the text of the file, "" where there is none. */
  readonly row: z.ZodType<Row>;
  /** Stores rows of one statement; a row whose id is there already replaces it. */
  readonly text: string;
  readonly values: (rows: readonly Row[]) => readonly unknown[];
  readonly idOf: (row: Row) => string;
}

/** Keeps the row's type while an import is written, and forgets it where all stand in one list. */
export const defineImport = <Row>(definition: Import<Row>): Import => definition as unknown as Import;

/** The sender's own name for a row. */
export const idText = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{C}*$/u, "must not have control characters");

const FUTURE_MS = 24 * 60 * 60_000;

/** A moment with its offset from UTC, not later than tomorrow. */
export const moment = z.iso
  .datetime({ offset: true, error: "must be a moment such as 2026-11-09T08:30:00Z" })
  .refine((text) => Date.parse(text) < Date.now() + FUTURE_MS, "must not lie in the future");

/** What people wrote. A tag is refused: it would be one in any page that forgets to escape it. */
export const plainText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !/<[a-z!/]/i.test(text), "must be plain text without HTML")
    .transform((text) => text.replace(/\p{C}/gu, " "));
