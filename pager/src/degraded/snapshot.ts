import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { type ChannelName, channelNames } from "../channels/channel-name.ts";
import type { Directory } from "../escalation/directory.ts";

/** Who is on call is known for so long; a database that is away for longer has been a person's trouble since. */
const HOURS = 72;

const targetSchema = z.object({
  person: z.string(),
  name: z.string(),
  contacts: z.array(
    z.object({
      channel: z.enum(channelNames as readonly [ChannelName, ...ChannelName[]]),
      address: z.string(),
    }),
  ),
});
const spanSchema = z.object({ from: z.coerce.date(), to: z.coerce.date(), targets: z.array(targetSchema) });
const snapshotSchema = z.object({
  takenAt: z.coerce.date(),
  install: z.string(),
  /** Of each policy the people of its levels, in order, the catch-all last. */
  policies: z.array(z.object({ id: z.string(), levels: z.array(z.array(spanSchema)) })),
});
const fileSchema = z.object({ sha256: z.string(), snapshot: z.string() });

/** What a pager needs to page without its database. */
export type Snapshot = z.infer<typeof snapshotSchema>;
type SnapshotTarget = z.infer<typeof targetSchema>;

const fileIn = (folder: string): string => join(folder, "snapshot.json");
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Asks the directory who is on call from now on. */
export async function takeSnapshot(
  database: QueryRunner,
  directory: Directory,
  install: string,
): Promise<Snapshot> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ now: Date }>("present", "SELECT pager_now() AS now");
    const from = rows[0]?.now ?? new Date();
    const to = new Date(from.getTime() + HOURS * 60 * 60_000);
    const policies = [];
    for (const policy of directory.policies()) {
      const levels = [];
      for (const targets of [...policy.levels.map((level) => level.targets), policy.catchAll]) {
        const spans = await directory.spansOf(tx, targets, from, to);
        levels.push(
          spans.map((span) => ({ ...span, targets: span.targets.map((target) => copyOf(target)) })),
        );
      }
      policies.push({ id: policy.id, levels });
    }
    return { takenAt: from, install, policies };
  });
}

const copyOf = ({
  person,
  name,
  contacts,
}:
  | Readonly<SnapshotTarget>
  | {
      person: string;
      name: string;
      contacts: readonly SnapshotTarget["contacts"][number][];
    }): SnapshotTarget => ({
  person,
  name,
  contacts: [...contacts],
});

/** Replaces the file as a whole: whoever reads it finds the old one or the new one, never a half. */
export async function writeSnapshot(folder: string, snapshot: Snapshot): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify(snapshot);
  const next = `${fileIn(folder)}.${process.pid}.next`;
  const file = await open(next, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify({ sha256: digest(text), snapshot: text }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, fileIn(folder));
}

/** @returns the snapshot on disk; undefined when there is none, or one that is not what was written */
export async function readSnapshot(folder: string): Promise<Snapshot | undefined> {
  try {
    const { sha256, snapshot } = fileSchema.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
    return digest(snapshot) === sha256 ? snapshotSchema.parse(JSON.parse(snapshot)) : undefined;
  } catch {
    return undefined;
  }
}

/** Whom the first level of a policy with anybody in it names at an instant; beyond its end, those of its last span. */
export function peopleAt(snapshot: Snapshot, policyId: string, at: Date): readonly SnapshotTarget[] {
  const policy = snapshot.policies.find(({ id }) => id === policyId) ?? snapshot.policies[0];
  for (const spans of policy?.levels ?? []) {
    const span = spans.find(({ from, to }) => from <= at && at < to) ?? spans.at(-1);
    const reachable = span?.targets.filter(({ contacts }) => contacts.length > 0) ?? [];
    if (reachable.length > 0) return reachable;
  }
  return [];
}
