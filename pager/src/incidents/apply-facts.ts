import type { Queries } from "@watchkeeper/exporters/database";
import { beginEscalations, stopEscalations } from "../escalation/run.ts";
import { enqueueDeliveries, type Superseded } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { foldStorms } from "../storm/fold.ts";
import { mergeFacts } from "./alerts.ts";
import { decideIncident } from "./decide.ts";
import type { AlertFact, Cause } from "./fact.ts";
import { lockKeys, observe } from "./observe.ts";
import { recordEvents } from "./timeline.ts";
import { writeDecisions } from "./write.ts";

/**
 * From facts to messages that wait to be sent, all or nothing in the caller's transaction.
 *
 * @returns the deliveries that are no longer wanted because of it, for the metrics
 */
export async function applyFacts(
  tx: Queries,
  facts: readonly AlertFact[],
  cause: Cause,
  reach: Reach,
): Promise<readonly Superseded[]> {
  if (facts.length === 0) return [];
  const keys = [...new Set(facts.map((fact) => fact.incidentKey))];
  await lockKeys(tx, keys);
  await mergeFacts(tx, facts, cause);
  const observations = await observe(tx, keys);
  const decided = observations.map((seen) => [seen, decideIncident(seen.incident, seen.firing)] as const);
  const written = await writeDecisions(tx, decided, cause.ids);
  await recordEvents(
    tx,
    written.flatMap(({ id, event }) => (event ? [{ incidentId: id, ...event }] : [])),
  );
  const settled = await foldStorms(tx, reach, written);
  await stopEscalations(
    tx,
    settled.filter(({ news }) => news === "resolved").map(({ id }) => id),
    "resolved",
  );
  await beginEscalations(
    tx,
    reach.directory,
    settled.filter(({ news, raised }) => news === "opened" || raised),
  );
  return enqueueDeliveries(tx, settled, cause.receivedAt, reach.destinations);
}
