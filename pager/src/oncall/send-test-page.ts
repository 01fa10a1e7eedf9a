import { randomUUID } from "node:crypto";
import type { QueryRunner } from "@watchkeeper/exporters/database";
import { notifyAll, queueNotifications } from "../escalation/notify.ts";
import { applyFacts } from "../incidents/apply-facts.ts";
import { testPage } from "../incidents/own-alerts.ts";
import { recordEvents } from "../incidents/timeline.ts";
import type { Reach } from "../routes.ts";
import { type Roster, targetOf } from "./roster.ts";

export interface TestPageOptions {
  readonly database: QueryRunner;
  readonly roster: Roster;
  readonly reach: Reach;
  readonly consoleUrl: string;
}

export interface SentTestPage {
  /** The number of its incident. */
  readonly incident: number;
  readonly channels: string[];
}

/**
 * Sends a page to a person by all of their channels at once, as an incident of its own that ends by itself.
 *
 * @returns undefined when none of their channels is set up
 */
export async function sendTestPage(
  { database, roster, reach, consoleUrl }: TestPageOptions,
  person: string,
  by: string,
): Promise<SentTestPage | undefined> {
  const target = targetOf(roster, person);
  const usable = (target?.contacts ?? []).filter(({ channel }) =>
    reach.destinations.get(channel)?.reaches.includes("people"),
  );
  if (!target || usable.length === 0) return undefined;
  return database.transaction(async (tx) => {
    const fact = testPage({ id: randomUUID(), person, by, consoleUrl });
    await applyFacts(tx, [fact], { inboxId: null, receivedAt: null }, reach);
    const { rows } = await tx.query<{ id: string; number: number }>(
      "test-incident",
      "SELECT id, number::double precision AS number FROM incident WHERE key = $1 AND state <> 'resolved'",
      [fact.incidentKey],
    );
    const incident = rows[0];
    if (!incident) throw new Error("Cannot send a test page as its incident was not opened");
    // As many rounds as there are channels: each is used at once.
    const round = usable.length;
    const about = { incidentId: incident.id, run: 0, round, level: 0, reason: "test" } as const;
    await notifyAll(tx, [{ fired: about, targets: [target] }], reach.destinations);
    const channels = usable.map(({ channel }) => channel);
    const text = `${by} sends a test page to ${person} by ${channels.join(", ")}`;
    await recordEvents(tx, [{ incidentId: incident.id, kind: "test-page", text, actor: by, source: "api" }]);
    await queueNotifications(tx);
    return { incident: incident.number, channels };
  });
}
