import { setTimeout as sleep } from "node:timers/promises";
import { serviceOf } from "./people.ts";
import { createRandom } from "./random.ts";
import { createTroubles } from "./troubles.ts";
import { API_TOKEN, INGEST_TOKEN, type World } from "./world.ts";

type Status = "firing" | "resolved";

/** What was said of one alert, and whether somebody promised to keep it. */
export interface SentAlert {
  readonly name: string;
  readonly service: string;
  readonly way: "alertmanager" | "direct";
  /** Of the newest fact that was taken. */
  readonly status: Status;
  /** Nobody promised to keep a newer fact, and it may have been kept all the same. */
  readonly perhaps?: Status;
}

export interface Sent {
  /** By name; only alerts with at least one fact that was taken. */
  readonly alerts: ReadonlyMap<string, SentAlert>;
  readonly webhooks: number;
  readonly refused: number;
  readonly acknowledged: number;
  /** What was broken, and how often. */
  readonly broken: ReadonlyMap<string, number>;
}

/**
 * A duplicate that is kept so long after the end looks like an alert that fires anew, as it does when the clock is set
 * forward by as much.
 */
const STALE_MS = 15_000;
/** Until a pager that hung keeps what it was told. */
const LATE_MS = 7_000;

/** Who talk at the same time. */
const SOURCES = 3;

interface Said {
  readonly startsAt: string;
  readonly body: string;
  readonly endedMs?: number;
}

/** Does what the seed says for a while: alerts come and go, people acknowledge, and all that can break breaks. */
export async function drive(world: World, seed: number, seconds: number): Promise<Sent> {
  const random = createRandom(seed + 1);
  const alerts = new Map<string, SentAlert>();
  const said = new Map<string, Said>();
  const troubles = createTroubles(world, createRandom(seed));
  let webhooks = 0;
  let refused = 0;
  let acknowledged = 0;
  let next = 0;

  /** To one pager or to both, once or more: only a 200 is a promise. */
  async function tell(body: string): Promise<boolean> {
    const copies = 1 + random.below(3);
    const targets = Array.from({ length: copies }, () => random.pick(world.pagerUrls));
    const results = await Promise.all(
      targets.map(async (url) => {
        webhooks += 1;
        // Alertmanager would be asked about what it never told; Grafana's alerts are nobody else's.
        const response = await fetch(`${url}/webhooks/grafana`, {
          method: "POST",
          headers: { authorization: `Bearer ${INGEST_TOKEN}` },
          body,
          signal: AbortSignal.timeout(9_000),
        }).catch(() => undefined);
        await response?.body?.cancel().catch(() => undefined);
        if (response?.status !== 200) refused += 1;
        return response?.status === 200;
      }),
    );
    return results.includes(true);
  }

  function bodyOf(name: string, service: string, status: Status, startsAt: string, endsAt: string): string {
    const labels = { alertname: name, service, severity: "page" };
    const alert = { status, labels, annotations: { summary: name }, startsAt, endsAt, fingerprint: name };
    return JSON.stringify({ version: "4", status, receiver: "pager", alerts: [alert] });
  }

  const firing = (way: SentAlert["way"]): readonly SentAlert[] =>
    [...alerts.values()].filter((alert) => alert.way === way && alert.status === "firing" && !alert.perhaps);

  async function direct(): Promise<void> {
    const open = firing("direct");
    const now = new Date().toISOString();
    if (open.length > 0 && random.next() < 0.3) {
      const alert = random.pick(open);
      const known = said.get(alert.name) ?? { startsAt: now, body: "" };
      // The end, and with it the beginning again, in any order.
      const end = bodyOf(alert.name, alert.service, "resolved", known.startsAt, now);
      said.set(alert.name, { ...known, endedMs: Date.now() });
      const bodies = random.next() < 0.5 ? [end, known.body] : [known.body, end];
      const taken: boolean[] = [];
      for (const body of bodies) taken.push(await tell(body));
      const isTaken = taken[bodies.indexOf(end)];
      const isLate = Date.now() - (said.get(alert.name)?.endedMs ?? 0) > STALE_MS - LATE_MS;
      alerts.set(alert.name, {
        ...alert,
        ...(isTaken ? { status: "resolved" } : { perhaps: "resolved" }),
        ...(isTaken && isLate && { perhaps: "firing" }),
      });
      return;
    }
    const [name, service] = newAlert("Direct");
    const body = bodyOf(name, service, "firing", now, "0001-01-01T00:00:00Z");
    said.set(name, { startsAt: now, body });
    if (await tell(body)) alerts.set(name, { name, service, way: "direct", status: "firing" });
  }

  const namesOf = ({ name, service }: SentAlert) => [name, service] as const;
  function newAlert(prefix: string): readonly [name: string, service: string] {
    next += 1;
    return [`${prefix}${next}`, serviceOf(next)];
  }

  async function throughAlertmanager(): Promise<void> {
    const open = firing("alertmanager");
    const ends = open.length > 0 && random.next() < 0.3;
    const [name, service] = ends ? namesOf(random.pick(open)) : newAlert("Routed");
    const now = new Date().toISOString();
    const startsAt = said.get(name)?.startsAt ?? now;
    if (!ends) said.set(name, { startsAt, body: "" });
    // Long enough that it does not end by itself meanwhile.
    const endsAt = ends ? now : new Date(Date.now() + 3_600_000).toISOString();
    const alert = {
      labels: { alertname: name, service, severity: "page" },
      annotations: { summary: name },
      startsAt,
      endsAt,
    };
    const response = await fetch(`${world.alertmanagerUrl}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([alert]),
    });
    await response.body?.cancel();
    if (!response.ok) return;
    alerts.set(name, { name, service, way: "alertmanager", status: ends ? "resolved" : "firing" });
  }

  /** Somebody looks after an incident: nobody else is asked from then on. */
  async function acknowledge(): Promise<void> {
    const url = random.pick(world.pagerUrls);
    const headers = { authorization: `Bearer ${API_TOKEN}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(3_000);
    try {
      const list = await fetch(`${url}/api/incidents?state=triggered&limit=20`, { headers, signal });
      const { incidents = [] } = (await list.json()) as { incidents?: { id: string }[] };
      if (incidents.length === 0) return;
      const { id } = random.pick(incidents);
      const address = `${url}/api/incidents/${id}/acknowledge`;
      const answer = await fetch(address, { method: "POST", headers, body: "{}", signal });
      await answer.body?.cancel();
      if (answer.ok) acknowledged += 1;
    } catch {
      // A pager or a database that is away: they press again another time.
    }
  }

  const endMs = Date.now() + seconds * 1_000;
  let breakAtMs = Date.now() + 2_000;
  /** One of several, since each waits for the answers that it gets. */
  async function talk(): Promise<void> {
    while (Date.now() < endMs) {
      const dice = random.next();
      if (dice < 0.15) await acknowledge();
      else await (dice < 0.7 ? direct() : throughAlertmanager());
      // Few enough that a storm does not speak for nearly all of them.
      await sleep(random.below(6_000));
    }
  }
  async function breakThings(): Promise<void> {
    while (Date.now() < endMs) {
      await sleep(Math.max(0, breakAtMs - Date.now()));
      const broke = await troubles.next(endMs - Date.now());
      if (broke === "clock set forward") {
        for (const alert of alerts.values()) {
          const isFresh = Date.now() - (said.get(alert.name)?.endedMs ?? 0) < STALE_MS;
          if (isFresh && alert.status === "resolved") alerts.set(alert.name, { ...alert, perhaps: "firing" });
        }
      }
      breakAtMs = Date.now() + 1_000 + random.below(4_000);
    }
  }
  await Promise.all([breakThings(), ...Array.from({ length: SOURCES }, talk)]);
  await troubles.settled();
  return { alerts, webhooks, refused, acknowledged, broken: troubles.counts };
}
