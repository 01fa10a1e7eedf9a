import { createHash } from "node:crypto";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import type { Channel, IncidentNews, Message, Outcome, Recipient } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Pass } from "../checkpoint.ts";
import type { AlertFact } from "../incidents/fact.ts";
import { pages, rankOf } from "../incidents/priority.ts";
import { parsePayload, type WebhookSource } from "../ingest/payload.ts";
import type { PagerMetrics } from "../metrics.ts";
import { sendWithin } from "../outbox/send-within.ts";
import { destinationsFor, type Reach } from "../routes.ts";
import type { Ledger } from "./ledger.ts";
import { peopleAt, type Snapshot } from "./snapshot.ts";

/*
 *   database works ── a body cannot be stored ──► waiting (503 upstream, the body is remembered)
 *         ▲                                         │ it still fails after AFTER_MS
 *         │                                         ▼
 *         └── a body can be stored again ── degraded: P0 and P1 go out from the snapshot, each entry in
 *             (the ledger is read in first)           the ledger on disk before its bytes leave
 */

/** A database that restarts is back by then, or nearly: a page from the snapshot is worth a duplicate only after it. */
const AFTER_MS = 5_000;
const TICK_MS = 500;
/** A database that does not answer a question this long is away, whatever it does with the connection. */
const ANSWER_MS = 1_500;
/** How often one incident pages while the database is away. */
const AGAIN_AFTER_MS = 5 * 60_000;
/** More new incidents than this at once are one message. */
const MAX_SINGLE = 5;
/** Remembered bodies: Grafana sends each one once. */
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024;
const MAX_KEYS = 20_000;

export interface EmergencyOptions {
  readonly reach: Reach;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  /** The last known good one; undefined when there has never been one: then the team's channels alone are told. */
  readonly snapshot: () => Snapshot | undefined;
  readonly ledger: Ledger;
  /** Stores what was missed; fails while the database is away. */
  readonly restore: (bodies: readonly RememberedBody[]) => Promise<void>;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  readonly clock?: Clock;
  readonly checkpoint?: Pass | undefined;
}

export interface RememberedBody {
  readonly source: WebhookSource;
  readonly body: Buffer;
}

export interface Emergency {
  /** A body could not be stored; `sinceMs` is when the attempt began, by the clock. */
  failed(body: RememberedBody, sinceMs: number): void;
  close(): Promise<void>;
}

/** The same for the same things on every replica, in the shape of a UUID (version 8). */
export function uuidOf(...parts: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** One incident's facts, worst and oldest first. */
interface Pending {
  readonly key: string;
  readonly facts: readonly AlertFact[];
}

/** Pages from memory while the database is away. */
export function createEmergency(options: EmergencyOptions): Emergency {
  const {
    reach,
    channels,
    snapshot,
    ledger,
    restore,
    metrics,
    log,
    checkpoint,
    clock = systemClock,
  } = options;
  const stopping = new AbortController();
  let failingSinceMs: number | undefined;
  let remembered: RememberedBody[] = [];
  let rememberedBytes = 0;
  const waiting = new Map<string, AlertFact[]>();
  const pagedAtMs = new Map<string, number>();

  function failed({ source, body }: RememberedBody, sinceMs: number): void {
    failingSinceMs = Math.min(failingSinceMs ?? sinceMs, sinceMs);
    if (rememberedBytes + body.length <= MAX_REMEMBERED_BYTES) {
      remembered = [...remembered, { source, body }];
      rememberedBytes += body.length;
    }
    for (const fact of parsePayload(body, source).facts) {
      if (!pages(fact.priority)) continue;
      // An end takes back what has not been told yet.
      const others = (waiting.get(fact.incidentKey) ?? []).filter(
        (other) => other.fingerprint !== fact.fingerprint,
      );
      if (fact.status === "firing") others.push(fact);
      if (others.length === 0) waiting.delete(fact.incidentKey);
      else if (waiting.has(fact.incidentKey) || waiting.size < MAX_KEYS)
        waiting.set(fact.incidentKey, others);
    }
  }

  let restoring = false;
  /** It was asked and gave no answer: one slow commit is no reason to page twice. */
  let isAway = false;
  /** Asks the database whether it takes what it has missed; senders that were told 503 mostly send it again, too. */
  async function tryToRestore(): Promise<void> {
    if (failingSinceMs === undefined || restoring) return;
    restoring = true;
    const missed = remembered;
    try {
      await withinMs(restore(missed), ANSWER_MS);
      log.info({ bodies: missed.length }, "the database takes webhooks again");
      failingSinceMs = undefined;
      isAway = false;
      waiting.clear();
      remembered = remembered.filter((body) => !missed.includes(body));
      rememberedBytes = remembered.reduce((sum, { body }) => sum + body.length, 0);
    } catch {
      // The next tick asks again.
      isAway = true;
    } finally {
      restoring = false;
    }
  }

  function takeDue(nowMs: number): readonly Pending[] {
    if (failingSinceMs === undefined || !isAway || nowMs - failingSinceMs < AFTER_MS) return [];
    for (const [key, atMs] of pagedAtMs) if (nowMs - atMs >= AGAIN_AFTER_MS) pagedAtMs.delete(key);
    const due: Pending[] = [];
    for (const [key, facts] of waiting) {
      waiting.delete(key);
      if (pagedAtMs.has(key)) continue;
      pagedAtMs.set(key, nowMs);
      const worstFirst = facts.toSorted((one, other) => rankOf(one.priority) - rankOf(other.priority));
      due.push({ key, facts: worstFirst });
    }
    return due.sort((one, other) => rankOf(worstOf(one)) - rankOf(worstOf(other)));
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(TICK_MS, stopping.signal);
      void tryToRestore();
      const due = takeDue(clock.now());
      if (due.length === 0) continue;
      log.error({ incidents: due.length }, "the database is away: paging from the snapshot");
      const single = due.length <= MAX_SINGLE ? due : due.slice(0, MAX_SINGLE - 1);
      const rest = due.slice(single.length);
      const groups = [...single.map((one) => [one]), ...(rest.length > 0 ? [rest] : [])];
      await Promise.all(groups.map((group) => page(group)));
    }
  })();

  /** One message for one incident, or for many. */
  async function page(group: readonly Pending[]): Promise<void> {
    const [first] = group;
    const fact = first?.facts[0];
    if (!first || !fact) return;
    const known = snapshot();
    const incident = newsOf(known?.install ?? "", group, fact, reach.consoleUrl);
    const asked = { ...fact, alertname: incident.alertname, service: incident.service };
    const policy = reach.directory.policyFor(asked);
    const team = destinationsFor({ severity: fact.severity, labels: fact.labels }, reach.destinations).map(
      (channel) => ({ channel, to: { address: null, person: null } as Recipient }),
    );
    const people = (known ? peopleAt(known, policy.id, new Date(clock.now())) : []).flatMap((person) => {
      const contact = person.contacts.find(({ channel }) =>
        channels.get(channel)?.reaches.includes("people"),
      );
      return contact
        ? [{ channel: contact.channel, to: { address: contact.address, person: person.person } as Recipient }]
        : [];
    });
    await Promise.all([...people, ...team].map(({ channel, to }) => send(channel, to, incident, group)));
  }

  async function send(
    name: ChannelName,
    to: Recipient,
    incident: IncidentNews,
    group: readonly Pending[],
  ): Promise<void> {
    const channel = channels.get(name);
    if (!channel) return;
    const destination = to.address === null ? name : `${name}:${to.address}`;
    const deliveryId = uuidOf(incident.id, destination);
    const at = new Date(clock.now());
    const message: Message = {
      deliveryId,
      kind: "announce",
      to,
      page: to.person === null ? null : { level: 1, round: 1, reason: "escalation" },
      incident,
      history: [],
      mayHaveArrived: false,
      lastReference: null,
      announcement: { deliveryId, createdAt: at, reference: null },
    };
    let outcome: Outcome;
    try {
      const facts = group.flatMap((pending) => pending.facts);
      await ledger.append({ what: "attempt", at, incidentId: incident.id, deliveryId, destination, facts });
      await checkpoint?.("noted");
      outcome = await sendWithin(channel, message, channel.budgetMs("page"), stopping.signal);
    } catch (error) {
      // A disk that is full must not keep a page back: the worst that follows is a duplicate.
      log.error({ err: error, destination }, "the emergency ledger cannot be written");
      outcome = await sendWithin(channel, message, channel.budgetMs("page"), stopping.signal);
    }
    await checkpoint?.("told");
    const reason = "reason" in outcome ? outcome.reason : null;
    log.warn({ destination, result: outcome.result, reason }, "emergency page");
    if (outcome.result === "sent") metrics.emergencyPages.inc({ channel: name });
    const reference = outcome.result === "sent" ? outcome.reference : null;
    const ended = { what: "outcome", at: new Date(clock.now()), deliveryId, result: outcome.result } as const;
    await ledger.append({ ...ended, reason, reference }).catch((error: unknown) => {
      log.error({ reason: reasonOf(error) }, "the emergency ledger cannot be written");
    });
  }

  return {
    failed,
    async close() {
      stopping.abort();
      await loop;
    },
  };
}

async function withinMs<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const enough = new AbortController();
  const late = systemClock.sleep(limitMs, enough.signal).then(() => {
    throw new Error(`no answer within ${limitMs} ms`);
  });
  // Whoever loses the race is heard of here.
  late.catch(() => undefined);
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => enough.abort());
}

const worstOf = ({ facts }: Pending) => facts[0]?.priority ?? "P1";

/** What is said of incidents that the database does not know yet. Its id becomes theirs when it comes back. */
function newsOf(
  install: string,
  group: readonly Pending[],
  fact: AlertFact,
  consoleUrl: string,
): IncidentNews {
  const firing = group.reduce((sum, { facts }) => sum + facts.length, 0);
  const others = group.length - 1;
  const summary = fact.annotations.summary ?? "";
  return {
    id: uuidOf(install, fact.incidentKey, fact.startsAt ?? ""),
    number: 0,
    state: "triggered",
    severity: fact.severity,
    priority: fact.priority,
    acknowledgedBy: null,
    assignee: null,
    snoozedUntil: null,
    alertname: fact.labels.alertname ?? "unnamed alert",
    service: fact.labels.service ?? "",
    summary: `DEGRADED (the pager's database is away)${others > 0 ? ` and ${others} incidents more` : ""}: ${summary}`,
    description: fact.annotations.description ?? "",
    startedAt: new Date(fact.startsAt ?? Date.now()),
    resolvedAt: null,
    firing,
    runbookUrl: fact.annotations.runbook_url ?? null,
    dashboardUrl: fact.annotations.dashboard_url ?? null,
    panelUrl: fact.annotations.panel_url ?? null,
    logsUrl: fact.annotations.logs_url ?? null,
    url: `${consoleUrl}/incidents`,
  };
}
