import { setTimeout as sleep } from "node:timers/promises";
import type { Sent } from "./driver.ts";
import { LEVELS } from "./people.ts";
import type { World } from "./world.ts";

interface StoredRow {
  name: string;
  status: "firing" | "resolved";
  incident_state: string | null;
  incident_id: string | null;
  announced: boolean;
  superseded: boolean;
}

interface Received {
  readonly channel: string;
  readonly content: {
    readonly effect?: string;
    readonly dedup_key?: string;
    readonly payload?: { readonly summary: string };
    readonly idempotencyKey?: string;
    readonly duplicateOf?: number;
    readonly messageId?: string;
    readonly body?: string;
    readonly metadata?: { readonly event_payload: { readonly delivery_id?: string } };
  };
}

/** What the comparison of the three ledgers found. */
export interface Findings {
  readonly alerts: number;
  readonly delivered: number;
  /** Taken and neither delivered nor over before it could be. */
  readonly lost: readonly string[];
  /** The stored state is not the one of the newest fact. */
  readonly wrongState: readonly string[];
  readonly duplicated: {
    readonly pagerduty: number;
    readonly webhook: number;
    readonly slack: number;
    readonly email: number;
  };
  /** A level that did not fire although nobody had acknowledged, or one that fired although somebody had. */
  readonly escalation: readonly string[];
  /** Messages marked sent that no attempt explains. */
  readonly unexplained: number;
  /** What has not left after everything works again. */
  readonly pending: number;
}

const DRAIN_MS = 120_000;
const QUIET_SECONDS = 3;

/**
 * Waits until nothing is left to do, or for two minutes: a lease of a mail alone is 41 s, and Alertmanager comes back
 * with what a pager did not take within 10 s.
 *
 * @returns how much is left
 */
export async function drain(world: World, sent: Sent): Promise<number> {
  const endMs = Date.now() + DRAIN_MS;
  let left = Number.POSITIVE_INFINITY;
  let quiet = 0;
  while (Date.now() < endMs && quiet < QUIET_SECONDS) {
    const [row] = await world
      .query<{ left: number }>(
        `SELECT ((SELECT count(*) FROM inbox WHERE state = 'pending')
           + (SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased', 'retry', 'ambiguous'))
           + (SELECT count(*) FROM notification WHERE state = 'waiting')
           + (SELECT count(*) FROM escalation WHERE state = 'armed' AND due_at < pager_now() + interval '1 minute')
         )::integer AS left`,
      )
      .catch(() => []);
    left = row?.left ?? Number.POSITIVE_INFINITY;
    const isSettled = left === 0 && (await untoldEnds(world, sent)) === 0;
    quiet = isSettled ? quiet + 1 : 0;
    await sleep(1_000);
  }
  return left;
}

/** Alerts that are over and that Alertmanager has not said so of yet. */
async function untoldEnds(world: World, { alerts }: Sent): Promise<number> {
  const rows = await world
    .query<{ name: string }>(
      "SELECT labels ->> 'alertname' AS name FROM alert WHERE source = 'alertmanager' AND status = 'firing'",
    )
    .catch(() => []);
  return rows.filter(({ name }) => alerts.get(name)?.status === "resolved").length;
}

const surplus = (keys: readonly (string | undefined)[]): number => {
  const known = keys.filter((key) => key !== undefined);
  return known.length - new Set(known).size;
};

/** Compares what was sent with what is stored and with what reached people. */
export async function check(world: World, sent: Sent, pending: number): Promise<Findings> {
  const stored = new Map(
    (
      await world.query<StoredRow>(
        `SELECT a.labels ->> 'alertname' AS name, a.status, i.state AS incident_state, i.id AS incident_id,
           EXISTS (SELECT 1 FROM delivery d WHERE d.incident_id = i.id AND d.kind = 'announce' AND d.state = 'sent') AS announced,
           NOT EXISTS (SELECT 1 FROM delivery d WHERE d.incident_id = i.id AND d.kind = 'announce'
             AND d.state <> 'superseded') AS superseded
         FROM alert a LEFT JOIN incident i ON i.key = a.incident_key AND i.number = (
           SELECT max(number) FROM incident n WHERE n.key = a.incident_key)
         WHERE a.source IN ('alertmanager', 'grafana')`,
      )
    ).map((row) => [row.name, row]),
  );
  const answer = await fetch(`${world.inboxUrl}/api/messages`);
  const { messages } = (await answer.json()) as { messages: Received[] };
  const of = (channel: string) => messages.filter((message) => message.channel === channel);
  const reached = JSON.stringify(messages);

  const lost: string[] = [];
  const wrongState: string[] = [];
  let delivered = 0;
  for (const { name, status, perhaps, way } of sent.alerts.values()) {
    const row = stored.get(name);
    const arrived = reached.includes(`${name}:`) || reached.includes(`"${name}"`);
    if (arrived) delivered += 1;
    // One that was over before it was told wakes nobody, and that is right.
    const explained = row?.status === "resolved" && row.incident_state === "resolved" && row.superseded;
    const neverFired = row?.status === "resolved" && row.incident_id === null;
    // Alertmanager tells nobody of what was over before it could tell that it began.
    if (!row && way === "alertmanager" && status === "resolved") continue;
    if (!row || (!arrived && !explained && !neverFired)) lost.push(name);
    else if (row.status !== status && row.status !== perhaps)
      wrongState.push(`${name} is ${row.status}, was said to be ${status}`);
  }
  const [unexplained] = await world.query<{ count: number }>(
    `SELECT count(*)::integer FROM delivery d WHERE d.state = 'sent' AND d.reason IS DISTINCT FROM 'sent while the database was away'
       AND NOT EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id)`,
  );
  const escalation = await checkEscalations(world);
  const opened = of("pagerduty").filter(({ content }) => content.effect === "opened");
  const webhooks = of("webhook").filter(({ content }) => content.duplicateOf === undefined);
  return {
    alerts: sent.alerts.size,
    delivered,
    lost,
    wrongState,
    duplicated: {
      pagerduty: surplus(opened.map(({ content }) => content.dedup_key)),
      webhook: surplus(webhooks.map(({ content }) => content.idempotencyKey)),
      slack: surplus(of("slack").map(({ content }) => content.metadata?.event_payload.delivery_id)),
      email: surplus(of("email").map(({ content }) => content.messageId)),
    },
    escalation,
    unexplained: unexplained?.count ?? 0,
    pending,
  };
}

/** Who asked whom: by the order in which it was written, since clocks were set meanwhile. */
async function checkEscalations(world: World): Promise<readonly string[]> {
  const rows = await world.query<{ alertname: string; what: string }>(
    `SELECT i.alertname, 'fired ' || (SELECT count(*) FROM escalation_fired f WHERE f.incident_id = i.id
         AND f.run = e.run) || ' of ${LEVELS.length} levels' AS what
     FROM incident i JOIN escalation e ON e.incident_id = i.id
     WHERE i.state = 'triggered' AND i.folded_into IS NULL AND i.snoozed_until IS NULL
       AND e.run = (SELECT max(run) FROM escalation l WHERE l.incident_id = i.id)
       AND (SELECT count(*) FROM escalation_fired f WHERE f.incident_id = i.id AND f.run = e.run) <> ${LEVELS.length}
     UNION ALL
     SELECT i.alertname, 'asked after it was acknowledged' FROM incident i
     WHERE i.state = 'acknowledged' AND EXISTS (
       SELECT 1 FROM incident_event fired JOIN incident_event taken ON taken.incident_id = fired.incident_id
         AND taken.kind = 'acknowledged' AND taken.id < fired.id
       WHERE fired.incident_id = i.id AND fired.kind = 'escalated')
     UNION ALL
     SELECT i.alertname, 'nobody was asked' FROM incident i
     WHERE i.state = 'triggered' AND i.folded_into IS NULL AND i.source <> 'pager'
       AND NOT EXISTS (SELECT 1 FROM escalation e WHERE e.incident_id = i.id)`,
  );
  return rows.map(({ alertname, what }) => `${alertname}: ${what}`);
}
