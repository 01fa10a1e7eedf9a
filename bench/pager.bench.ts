import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@watchkeeper/testing/poll";
import { STORM_RESPONDER, STORM_SERVICE } from "../chaos/people.ts";
import { createWorld, INGEST_TOKEN, type World } from "../chaos/world.ts";
import { alertmanagerStorm } from "./alertmanager-storm.ts";

/*
 * How fast the pager is: two replicas, real PostgreSQL and Alertmanager, a stand-in that notes when each message
 * arrived, all on this machine and by one clock. Beside it, the same storm through Alertmanager's own receivers.
 */

const PACE_A_SECOND = 100;
const STORM_ALERTS = 10_000;
const BODY_ALERTS = 100;
const TIMERS = 10_000;
/** Between two pages whose way is timed. */
const PAGE_EVERY_MS = 800;
/** Who are asked when they fire. */
const PEOPLE = 50;

/** Once what is timed in our storm is over; the rest of our minute only counts. */
const ALERTMANAGER_AFTER_MS = 26_000;

type Print = (line: string) => void;

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
};
const ms = (value: number): number => Math.round(value * 10) / 10;

interface Draft {
  readonly name: string;
  readonly service: string;
  readonly severity: string;
}

function bodyOf(drafts: readonly Draft[]): string {
  const startsAt = new Date().toISOString();
  const alerts = drafts.map(({ name, service, severity }) => ({
    status: "firing",
    labels: { alertname: name, service, severity },
    annotations: { summary: name, description: "measured" },
    startsAt,
    endsAt: "0001-01-01T00:00:00Z",
    fingerprint: name,
  }));
  return JSON.stringify({ version: "4", status: "firing", receiver: "pager", alerts });
}

const post = (url: string, body: string): Promise<number> =>
  fetch(`${url}/webhooks/alertmanager`, {
    method: "POST",
    headers: { authorization: `Bearer ${INGEST_TOKEN}` },
    body,
  }).then(async (response) => {
    await response.body?.cancel();
    if (response.status !== 200)
      throw new Error(`Cannot measure as a webhook was answered with ${response.status}`);
    return response.status;
  });

/** When PagerDuty's stand-in received the page about an alert, in Unix milliseconds. */
async function arrivalOf(world: World, name: string, timeoutMs = 60_000): Promise<number> {
  return until(
    name,
    async () => {
      const answer = await fetch(`${world.inboxUrl}/api/messages?channel=pagerduty`);
      const { messages } = (await answer.json()) as { messages: { receivedAt: string; summary: string }[] };
      const found = messages.find(({ summary }) => summary.includes(`${name}:`));
      return found && Date.parse(found.receivedAt);
    },
    timeoutMs,
  );
}

/** Until nothing waits to be read. */
const processed = (world: World): Promise<true> =>
  until(
    "an empty inbox",
    async () => {
      const [row] = await world.query<{ count: number }>(
        "SELECT count(*)::integer FROM inbox WHERE state = 'pending'",
      );
      return row?.count === 0 || undefined;
    },
    60_000,
  );

/** From just before the webhook leaves until its page arrived. */
async function pageLatencies(world: World, prefix: string, count: number): Promise<number[]> {
  const sent = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const name = `${prefix}${n}`;
    sent.set(name, Date.now());
    await post(world.pagerUrls[n % 2] ?? "", bodyOf([{ name, service: name.toLowerCase(), severity: "P0" }]));
    await sleep(PAGE_EVERY_MS);
  }
  const latencies: number[] = [];
  for (const [name, atMs] of sent) latencies.push((await arrivalOf(world, name)) - atMs);
  return latencies;
}

/** Each request is timed from when it was due, so that one slow answer shows in those that had to wait for it. */
async function acknowledgements(world: World, prefix: string, seconds: number): Promise<number[]> {
  const startMs = performance.now() + 50;
  return Promise.all(
    Array.from({ length: PACE_A_SECOND * seconds }, async (_, n) => {
      const dueMs = startMs + (n * 1_000) / PACE_A_SECOND;
      await sleep(Math.max(0, dueMs - performance.now()));
      const name = `${prefix}${n}`;
      await post(world.pagerUrls[n % 2] ?? "", bodyOf([{ name, service: "paced", severity: "info" }]));
      return performance.now() - dueMs;
    }),
  );
}

async function escalationLateness(world: World): Promise<number> {
  const policy = JSON.stringify({
    id: "bench",
    levels: [{ targets: ["TARGET"], timeoutMs: 60_000 }],
    repeat: 0,
    catchAll: [],
    acknowledgeTimeoutMs: null,
  });
  await world.query(
    `INSERT INTO incident_key (key) SELECT 'timer ' || n FROM generate_series(1, ${TIMERS}) n;
     INSERT INTO incident (key, source, alertname, service, severity, priority, started_at, summary, description, labels, firing)
     SELECT 'timer ' || n, 'bench', 'Timer', 'timer', 'page', 'P1', now(), '', '', '{}', 1 FROM generate_series(1, ${TIMERS}) n;
     INSERT INTO escalation (incident_id, run, policy, due_at)
     SELECT id, 1, replace('${policy}', 'TARGET', 'person-' || number % ${PEOPLE})::jsonb, now() + interval '3 seconds' + random() * interval '25 seconds'
     FROM incident WHERE source = 'bench';`,
  );
  const [row] = await until(
    "all timers",
    async () => {
      const rows = await world.query<{ count: number; p99: number }>(
        `SELECT count(*)::integer, percentile_cont(0.99) WITHIN GROUP (
           ORDER BY extract(epoch FROM fired_at - due_at) * 1000)::double precision AS p99
         FROM escalation_fired f JOIN incident i ON i.id = f.incident_id WHERE i.source = 'bench'`,
      );
      return rows[0]?.count === TIMERS ? rows : undefined;
    },
    120_000,
  );
  // Over, before anybody is told that nobody was reached.
  await world.query(
    "UPDATE escalation SET state = 'stopped' WHERE policy ->> 'id' = 'bench'; UPDATE incident SET state = 'resolved', resolved_at = now() WHERE source = 'bench';",
  );
  return row?.p99 ?? Number.NaN;
}

const rssMb = (world: World): number =>
  Math.max(
    ...world.pagers.map(({ pid }) => {
      const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return Number(kb) / 1_024;
    }),
  );

interface Storm {
  /** Of P0s on routes of their own. */
  readonly latencies: readonly number[];
  /** Attempts of the storm's route in its minute. */
  readonly outbound: number;
  /** Messages to the one person on call for the storm's route. */
  readonly pages: number;
  /** Until a P0 on a service of the same route that nobody was told of shows in Slack. */
  readonly piercedMs: number;
  readonly stored: number;
}

interface Message {
  readonly channel: string;
  readonly summary: string;
  readonly receivedAt: string;
  readonly content: { readonly to?: readonly string[] };
}
async function messagesOf(world: World, channel: string): Promise<readonly Message[]> {
  const answer = await fetch(`${world.inboxUrl}/api/messages?channel=${channel}`);
  return ((await answer.json()) as { messages: Message[] }).messages;
}

/** Ten thousand alerts of one route, all different, within twenty seconds, with P0s of other services among them. */
async function storm(world: World): Promise<Storm> {
  const startMs = Date.now();
  const blow = (async () => {
    for (let part = 0; part < STORM_ALERTS / BODY_ALERTS; part++) {
      const drafts = Array.from({ length: BODY_ALERTS }, (_, n) => ({
        name: `Storm${part * BODY_ALERTS + n}`,
        service: STORM_SERVICE,
        severity: "page",
      }));
      await post(world.pagerUrls[part % 2] ?? "", bodyOf(drafts));
      await sleep(100);
    }
  })();
  await sleep(2_000);
  const pierce = async (): Promise<number> => {
    await sleep(8_000);
    const sentMs = Date.now();
    await post(
      world.pagerUrls[0] ?? "",
      bodyOf([{ name: "Pierces", service: `${STORM_SERVICE}-database`, severity: "P0" }]),
    );
    return until(
      "the P0 that pierces",
      async () => {
        const messages = await messagesOf(world, "slack");
        const found = messages.find(({ summary }) => summary.includes("Pierces:"));
        return found && Date.parse(found.receivedAt) - sentMs;
      },
      60_000,
    );
  };
  const [latencies, piercedMs] = await Promise.all([pageLatencies(world, "InStorm", 20), pierce(), blow]);
  await sleep(Math.max(0, startMs + 60_000 - Date.now()));
  const [row] = await world.query<{ count: number }>(
    `SELECT count(*)::integer FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id
     JOIN incident i ON i.id = d.incident_id
     WHERE (i.service LIKE '${STORM_SERVICE}%' OR i.alertname = 'PagerStorm')
       AND a.started_at < to_timestamp(${startMs / 1_000}) + interval '1 minute'`,
  );
  const pages = (await messagesOf(world, "email")).filter(
    ({ content, receivedAt }) =>
      content.to?.includes(STORM_RESPONDER) && Date.parse(receivedAt) < startMs + 60_000,
  ).length;
  const [stored] = await world.query<{ count: number }>(
    `SELECT count(*)::integer FROM incident WHERE service = '${STORM_SERVICE}' AND state <> 'resolved'`,
  );
  return {
    latencies,
    outbound: row?.count ?? Number.NaN,
    pages,
    piercedMs,
    stored: stored?.count ?? Number.NaN,
  };
}

/** One replica dies: how soon the other sends what nobody had begun, and what the dead one held. */
async function takeOver(world: World): Promise<{ readonly freeMs: number; readonly leasedMs: number }> {
  const [one, other] = world.pagers;
  const [oneUrl = "", otherUrl = ""] = world.pagerUrls;
  if (!one || !other) throw new Error("Cannot measure a take-over without two pagers");
  const draft = (name: string): string => bodyOf([{ name, service: name.toLowerCase(), severity: "P0" }]);
  const killedMs = Date.now();
  one.signal("SIGKILL");
  await post(otherUrl, draft("Free"));
  const freeMs = (await arrivalOf(world, "Free")) - killedMs;
  await one.ended();
  await one.start({ CHAOS_KILL_AT: "begun", CHAOS_KILL_ON: "1" });
  other.signal("SIGSTOP");
  await post(oneUrl, draft("Leased"));
  await one.ended();
  const diedMs = Date.now();
  other.signal("SIGCONT");
  const leasedMs = (await arrivalOf(world, "Leased")) - diedMs;
  await one.start();
  return { freeMs, leasedMs };
}

/** With the database away a promise would be a lie. */
const expectRefusal = (posted: Promise<number>): Promise<void> =>
  posted.then(
    () => {
      throw new Error("Cannot measure as a webhook was taken without a database");
    },
    () => undefined,
  );

async function emergency(world: World): Promise<number> {
  world.postgres.signal("SIGQUIT");
  await world.postgres.ended();
  const startMs = Date.now();
  const body = bodyOf([{ name: "Emergency", service: "emergency", severity: "P0" }]);
  await expectRefusal(post(world.pagerUrls[0] ?? "", body));
  return (await arrivalOf(world, "Emergency")) - startMs;
}

export async function run(print: Print): Promise<void> {
  const world = await createWorld();
  try {
    // A pager that has just started compiles itself while it works.
    await acknowledgements(world, "Warm", 6);
    await processed(world);
    const acknowledged = await acknowledgements(world, "Paced", 12);
    print(
      `webhook ack at ${PACE_A_SECOND}/s: p50 ${ms(quantile(acknowledged, 0.5))} ms, p99 ${ms(quantile(acknowledged, 0.99))} ms`,
    );
    await processed(world);
    const idle = await pageLatencies(world, "Idle", 20);
    print(`webhook to provider, idle: p50 ${quantile(idle, 0.5)} ms, p99 ${quantile(idle, 0.99)} ms`);
    const lateness = await escalationLateness(world);
    print(`${TIMERS} timers: p99 ${ms(lateness)} ms late`);
    const [{ latencies, outbound, pages, piercedMs, stored }, theirs] = await Promise.all([
      storm(world),
      sleep(ALERTMANAGER_AFTER_MS).then(() => alertmanagerStorm(STORM_ALERTS, BODY_ALERTS)),
    ]);
    print(
      `storm: ${stored} of ${STORM_ALERTS} alerts are open incidents; ${outbound} messages in its minute, ${pages} to the person on call; a P0 of its route shows after ${piercedMs} ms`,
    );
    print(
      `in the storm, P0 of other routes to provider: p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms`,
    );
    print(`the same storm through Alertmanager's own receivers: ${theirs} messages`);
    const rss = rssMb(world);
    const { freeMs, leasedMs } = await takeOver(world);
    print(`take-over: free ${freeMs} ms, leased ${leasedMs} ms`);
    const emergencyMs = await emergency(world);
    print(`PostgreSQL down: page after ${emergencyMs} ms`);
    print(
      JSON.stringify({
        ack_p50_ms: ms(quantile(acknowledged, 0.5)),
        ack_p99_ms: ms(quantile(acknowledged, 0.99)),
        p0_idle_p99_ms: quantile(idle, 0.99),
        p0_storm_p99_ms: quantile(latencies, 0.99),
        escalation_lateness_p99_ms: ms(lateness),
        takeover_free_ms: freeMs,
        takeover_leased_ms: leasedMs,
        storm_outbound: outbound,
        alertmanager_storm_outbound: theirs,
        emergency_page_ms: emergencyMs,
        rss_mb: Math.round(rss),
      }),
    );
  } finally {
    await world.close();
  }
}
