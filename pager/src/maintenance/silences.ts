import type { Queries, QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { z } from "zod";
import type { Matcher } from "./windows.ts";

/*
 * Windows are told to Alertmanager by comparing: what it has beside what it should have. So a silence that it lost (it
 * keeps them in a snapshot of every 15 minutes) comes back, an answer that was lost makes no second one, and two
 * replicas do no more than one.
 */

const TIMEOUT_MS = 5_000;

/** Found again by this text in the comment. */
const markOf = (id: string): string => `watchkeeper-maintenance:${id}`;

const silences = z.array(
  z.object({ id: z.string(), comment: z.string(), status: z.object({ state: z.string() }) }),
);

interface WindowRow {
  id: string;
  title: string;
  matchers: Matcher[];
  from_at: Date;
  to_at: Date;
  created_by: string;
  wanted: boolean;
  settled: boolean;
}

/** A small client of Alertmanager's API, version 2. */
export interface Alertmanager {
  call(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<unknown>;
}

/** @throws Error with the start of Alertmanager's answer */
export function createAlertmanager(baseUrl: string): Alertmanager {
  return {
    async call(method, path, body) {
      const response = await fetch(`${baseUrl}/api/v2${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${text.slice(0, 200)}`);
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

/** What one Alertmanager lacks or has too much of. @throws Error when it does not answer, or refuses */
async function settleOne(
  alertmanager: Alertmanager,
  rows: readonly WindowRow[],
): Promise<ReadonlyMap<string, string>> {
  const known = silences.parse(await alertmanager.call("GET", "/silences"));
  const refused = new Map<string, string>();
  for (const row of rows) {
    const found = known.filter(
      ({ comment, status }) => comment.includes(markOf(row.id)) && status.state !== "expired",
    );
    try {
      if (row.wanted && found.length === 0) {
        await alertmanager.call("POST", "/silences", {
          matchers: row.matchers,
          startsAt: row.from_at.toISOString(),
          endsAt: row.to_at.toISOString(),
          createdBy: row.created_by,
          comment: `${row.title} (${markOf(row.id)})`,
        });
      }
      if (!row.wanted) for (const { id } of found) await alertmanager.call("DELETE", `/silence/${id}`);
    } catch (error) {
      refused.set(row.id, reasonOf(error));
    }
  }
  return refused;
}

/**
 * Brings the silences of every Alertmanager to what the windows say. What one refuses, or its absence, is written
 * beside the window until it is mended.
 */
export async function settleWindows(
  database: QueryRunner,
  alertmanagers: readonly Alertmanager[],
  log: Log,
): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows } = await tx.query<WindowRow>(
      "windows-to-settle",
      `SELECT id, title, matchers, from_at, to_at, created_by, settled,
         withdrawn_at IS NULL AND to_at > pager_now() AS wanted
       FROM maintenance_window WHERE NOT settled OR (withdrawn_at IS NULL AND to_at > pager_now())
       ORDER BY from_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED`,
    );
    if (rows.length === 0) return;
    const refused = new Map<string, string>();
    if (alertmanagers.length === 0) for (const { id } of rows) refused.set(id, "no Alertmanager is set up");
    for (const alertmanager of alertmanagers) {
      const all = (reason: string) => new Map(rows.map(({ id }) => [id, reason] as const));
      const here = await settleOne(alertmanager, rows).catch((error: unknown) => all(reasonOf(error)));
      for (const [id, reason] of here) refused.set(id, reason);
    }
    for (const row of rows) {
      const reason = refused.get(row.id) ?? null;
      const settled = reason === null;
      if (settled && row.settled) continue;
      log[settled ? "info" : "warn"](
        { window: row.id, wanted: row.wanted, reason },
        "maintenance window settled",
      );
      await note(tx, row, { settled, reason });
    }
  });
}

async function note(
  tx: Queries,
  { id }: WindowRow,
  { settled, reason }: { readonly settled: boolean; readonly reason: string | null },
): Promise<void> {
  await tx.query(
    "note-maintenance-window",
    "UPDATE maintenance_window SET settled = $2, reason = $3, tried_at = pager_now() WHERE id = $1",
    [id, settled, reason],
  );
}
