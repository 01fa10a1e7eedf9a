import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";
import { INGEST_TOKEN, type Server, type World } from "./world.ts";

/** What was said of one alert, and whether somebody promised to keep it. */
export interface SentAlert {
  readonly name: string;
  readonly service: string;
  readonly way: "alertmanager" | "direct";
  /** Time of the newest fact that was taken. */
  readonly status: "firing" | "resolved";
}

export interface Sent {
  /** By name; only alerts with at least one fact that was taken. */
  readonly alerts: ReadonlyMap<string, SentAlert>;
  readonly webhooks: number;
  readonly refused: number;
  /** What was broken, and how often. */
  readonly broken: ReadonlyMap<string, number>;
}

const CHANNELS = ["slack", "email", "pagerduty", "webhook"] as const;
const FAULTS = ["error", "rate-limit", "hang", "drop-after-accept"] as const;
const POINTS = ["claimed", "begun", "sent"] as const;

/** Does what the seed says for a while: alerts come and go, and everything that can break breaks. */
export async function drive(world: World, random: Random, seconds: number): Promise<Sent> {
  const alerts = new Map<string, SentAlert>();
  const broken = new Map<string, number>();
  const said = new Map<string, { startsAt: string; body: string }>();
  let webhooks = 0;
  let refused = 0;
  let next = 0;
  const repairs = new Set<Promise<void>>();
  const count = (what: string): void => void broken.set(what, (broken.get(what) ?? 0) + 1);
  const later = (work: Promise<void>): void => {
    repairs.add(work);
    void work.finally(() => repairs.delete(work));
  };

  /** To one pager or to both, once or more: only a 200 is a promise. */
  async function tell(body: string): Promise<boolean> {
    const copies = 1 + random.below(3);
    const targets = Array.from({ length: copies }, () => random.pick(world.pagerUrls));
    const results = await Promise.all(
      targets.map(async (url) => {
        webhooks += 1;
        const response = await fetch(`${url}/webhooks/alertmanager`, {
          method: "POST",
          headers: { authorization: `Bearer ${INGEST_TOKEN}` },
          body,
          signal: AbortSignal.timeout(9_000),
        }).catch(() => undefined);
        await response?.body?.cancel();
        if (response?.status !== 200) refused += 1;
        return response?.status === 200;
      }),
    );
    return results.includes(true);
  }

  function bodyOf(name: string, status: "firing" | "resolved", startsAt: string, endsAt: string): string {
    const labels = { alertname: name, service: name.toLowerCase(), severity: "page" };
    const alert = { status, labels, annotations: { summary: name }, startsAt, endsAt, fingerprint: name };
    return JSON.stringify({ version: "4", status, receiver: "pager", alerts: [alert] });
  }

  async function direct(): Promise<void> {
    const open = [...alerts.values()].filter(({ way, status }) => way === "direct" && status === "firing");
    const now = new Date().toISOString();
    if (open.length > 0 && random.next() < 0.3) {
      const { name } = random.pick(open);
      const known = said.get(name);
      // The end, and with it the beginning again, in any order.
      const end = bodyOf(name, "resolved", known?.startsAt ?? now, now);
      const bodies = random.next() < 0.5 ? [end, known?.body ?? end] : [known?.body ?? end, end];
      const taken: boolean[] = [];
      for (const body of bodies) taken.push(await tell(body));
      const index = bodies.indexOf(end);
      if (taken[index])
        alerts.set(name, { name, service: name.toLowerCase(), way: "direct", status: "resolved" });
      return;
    }
    next += 1;
    const name = `Direct${next}`;
    const body = bodyOf(name, "firing", now, "0001-01-01T00:00:00Z");
    said.set(name, { startsAt: now, body });
    if (await tell(body))
      alerts.set(name, { name, service: name.toLowerCase(), way: "direct", status: "firing" });
  }

  async function throughAlertmanager(): Promise<void> {
    next += 1;
    const name = `Routed${next}`;
    const response = await fetch(`${world.alertmanagerUrl}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([
        {
          labels: { alertname: name, service: name.toLowerCase(), severity: "page" },
          annotations: { summary: name },
          // Long enough that it does not end by itself meanwhile.
          endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        },
      ]),
    });
    await response.body?.cancel();
    if (response.ok) {
      alerts.set(name, { name, service: name.toLowerCase(), way: "alertmanager", status: "firing" });
    }
  }

  async function restart(server: Server, env: Readonly<Record<string, string>> = {}): Promise<void> {
    await server.ended();
    await sleep(random.below(800));
    await server.start(env);
  }

  async function breakSomething(): Promise<void> {
    const what = random.pick(["kill", "kill-at", "stop", "fault", "fault", "fault", "postgres"] as const);
    const pager = random.pick(world.pagers);
    if (what === "kill" && pager.running) {
      count("pager killed");
      pager.signal("SIGCONT");
      pager.signal("SIGKILL");
      later(restart(pager));
    } else if (what === "kill-at" && pager.running) {
      const point = random.pick(POINTS);
      count(`pager killed at ${point}`);
      pager.signal("SIGCONT");
      pager.signal("SIGKILL");
      const env = { CHAOS_KILL_AT: point, CHAOS_KILL_ON: String(1 + random.below(3)) };
      later(restart(pager, env));
    } else if (what === "stop") {
      count("pager stopped for a while");
      pager.signal("SIGSTOP");
      later(sleep(1_000 + random.below(12_000)).then(() => pager.signal("SIGCONT")));
    } else if (what === "postgres" && world.postgres.running) {
      count("PostgreSQL killed");
      // Its crash: every process of it ends without a checkpoint.
      world.postgres.signal("SIGQUIT");
      later(restart(world.postgres));
    } else {
      const channel = random.pick(CHANNELS);
      const mode = random.pick(FAULTS);
      count(`${channel}: ${mode}`);
      await fetch(`${world.inboxUrl}/api/faults/${channel}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ mode, count: 1 + random.below(3) }),
      });
    }
    // A pager that ended itself at its point is started again, without one.
    for (const one of world.pagers) if (!one.running && repairs.size === 0) later(restart(one));
  }

  const endMs = Date.now() + seconds * 1_000;
  let breakAtMs = Date.now() + 2_000;
  while (Date.now() < endMs) {
    await (random.next() < 0.7 ? direct() : throughAlertmanager());
    if (Date.now() >= breakAtMs) {
      await breakSomething();
      breakAtMs = Date.now() + 500 + random.below(2_500);
    }
    // Few enough that a storm does not speak for nearly all of them.
    await sleep(random.below(4_000));
  }
  while (repairs.size > 0) await Promise.all(repairs);
  return { alerts, webhooks, refused, broken };
}

/** Everything works again. */
export async function repair(world: World): Promise<void> {
  for (const channel of CHANNELS) {
    await fetch(`${world.inboxUrl}/api/faults/${channel}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mode: "ok", count: null }),
    });
  }
  await world.postgres.start();
  for (const pager of world.pagers) {
    pager.signal("SIGCONT");
    await pager.start();
  }
}
