import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AlertFact } from "../incidents/fact.ts";

const factSchema = z.custom<AlertFact>(
  (value) => typeof value === "object" && value !== null && "incidentKey" in value,
);

const entrySchema = z.discriminatedUnion("what", [
  /** Written before the bytes leave. */
  z.object({
    what: z.literal("attempt"),
    at: z.coerce.date(),
    incidentId: z.uuid(),
    deliveryId: z.uuid(),
    destination: z.string(),
    facts: z.array(factSchema),
  }),
  z.object({
    what: z.literal("outcome"),
    at: z.coerce.date(),
    deliveryId: z.uuid(),
    result: z.string(),
    reason: z.string().nullable(),
    reference: z.string().nullable(),
  }),
]);
export type LedgerEntry = z.infer<typeof entrySchema>;

/** What was sent while the database was away, on disk before it was sent. */
export interface Ledger {
  /** Resolves when the entry is on disk. */
  append(entry: LedgerEntry): Promise<void>;
  /** Everything so far; a last line that a crash cut off is left out. */
  read(): Promise<readonly LedgerEntry[]>;
  clear(): Promise<void>;
  /** Keeps it for people to look at, and begins an empty one. @returns where it is kept */
  setAside(): Promise<string>;
}

/** @param name tells replicas apart that share a folder */
export function createLedger(folder: string, name: string): Ledger {
  const path = join(folder, `ledger-${name}.jsonl`);
  return {
    async append(entry) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(path, "a", 0o600);
      try {
        await file.appendFile(`${JSON.stringify(entry)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async read() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return text.split("\n").flatMap((line) => {
        try {
          const entry = entrySchema.safeParse(JSON.parse(line));
          return entry.success ? [entry.data] : [];
        } catch {
          return [];
        }
      });
    },
    clear: () => rm(path, { force: true }),
    async setAside() {
      const kept = `${path}.${Date.now()}.not-read`;
      await rename(path, kept);
      return kept;
    },
  };
}
