import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createManualClock } from "@watchkeeper/process/clock";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createChannels } from "../channels/channels.ts";
import { createTestBed, SECRETS, standInChannels, type TestBed, webhookBody } from "../test-bed.ts";
import type { DeliveryCheckpoint } from "./dispatch.ts";

interface Received {
  readonly channel: string;
  readonly revisions: number;
  readonly summary: string;
  readonly text: string;
  readonly content: Record<string, unknown>;
}

let inbox: Inbox;
const clock = createManualClock(Date.now());
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;

const api = (path: string): string => `http://127.0.0.1:${inbox.httpPort}/api/${path}`;

async function misbehave(channel: string, mode: string, count: number | null = null): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(api(`faults/${channel}`), { method: "PUT", headers, body: JSON.stringify({ mode, count }) });
}

/** Oldest first, without the story that Slack's thread tells. */
async function received(channel?: string): Promise<readonly Received[]> {
  const answer = await fetch(api(channel ? `messages?channel=${channel}` : "messages"));
  const { messages } = (await answer.json()) as { messages: Received[] };
  return messages.filter(({ content }) => content.thread_ts === undefined).reverse();
}

const incidents = async () =>
  (
    await bed.database.query<{
      alertname: string;
      state: string;
      summary: string;
      runbook_url: string;
      dashboard_url: string;
    }>("test", "SELECT alertname, state, summary, runbook_url, dashboard_url FROM incident ORDER BY number")
  ).rows;

beforeAll(async () => {
  inbox = await startTestInbox({ clock });
});
afterAll(() => inbox.close());
beforeEach(async () => {
  await clock.advance(120_000);
  for (const channel of ["slack", "email", "pagerduty", "webhook"]) await misbehave(channel, "ok");
  await fetch(api("messages"), { method: "DELETE" });
  database = await createTestDatabase();
  bed = await createTestBed(database.url, standInChannels(inbox));
});
afterEach(async () => {
  await bed.close();
  await database.drop();
});

const down = webhookBody({});
const over = webhookBody({ status: "resolved" });

describe("a page", () => {
  test("goes to all four channels once, and all four hear that it is over", async () => {
    await bed.receive(down);
    await bed.settle();
    expect((await received()).map(({ channel }) => channel).sort()).toEqual([
      "email",
      "pagerduty",
      "slack",
      "webhook",
    ]);
    await bed.receive(over);
    await bed.settle();
    expect(await bed.deliveries()).toHaveLength(8);
    expect((await bed.deliveries()).every((line) => line.endsWith(" sent"))).toBe(true);
    expect(await received("slack")).toMatchObject([
      { revisions: 1, summary: expect.stringContaining("[RESOLVED]") },
    ]);
  });

  test("that is over before anything was sent wakes nobody", async () => {
    await bed.receive(down);
    await bed.receive(over);
    await bed.settle();
    expect(await received()).toEqual([]);
    expect(new Set(await bed.deliveries())).toEqual(
      new Set(["pagerduty", "slack", "email", "webhook"].map((name) => `${name} announce superseded`)),
    );
  });

  test("that ends between the claim and the first byte is not sent either", async () => {
    await bed.receive(down);
    let ended = false;
    const dispatcher = bed.dispatcher({
      checkpoint: async (point) => {
        if (point !== "claimed" || ended) return;
        ended = true;
        await bed.receive(over);
      },
    });
    await bed.settle(dispatcher);
    expect(await received("pagerduty")).toEqual([]);
    const lines = await bed.deliveries();
    expect(lines.filter((line) => line.startsWith("pagerduty"))).toEqual([
      "pagerduty announce superseded",
      "pagerduty resolve superseded",
    ]);
  });

  test("is tried until it arrives, at least once a minute", async () => {
    await misbehave("webhook", "error");
    await bed.receive(down);
    for (let minute = 0; minute < 20; minute++) await bed.settle();
    const { rows } = await bed.database.query<{ attempts: number; longest: number }>(
      "test",
      `SELECT count(*)::integer AS attempts, extract(epoch FROM max(gap))::double precision AS longest FROM (
         SELECT started_at - lag(started_at) OVER (ORDER BY a.token) AS gap FROM delivery_attempt a
         JOIN delivery d ON d.id = a.delivery_id WHERE d.destination = 'webhook') gaps`,
    );
    expect(rows[0]?.attempts).toBeGreaterThan(20);
    expect(rows[0]?.longest).toBeLessThanOrEqual(60 * 1.2 + 5);
    await misbehave("webhook", "ok");
    for (let minute = 0; minute < 2; minute++) await bed.settle();
    expect(await received("webhook")).toHaveLength(1);
  });
});

test("a ticket goes to Slack and email, and an info to nobody", async () => {
  await bed.receive(webhookBody({ name: "T", severity: "ticket" }, { name: "I", severity: "info" }));
  await bed.settle();
  expect((await received()).map(({ channel }) => channel).sort()).toEqual(["email", "slack"]);
  expect(await incidents()).toHaveLength(2);
});

test("an alert without a known severity pages", async () => {
  await bed.receive(webhookBody({ severity: "urgent-ish" }));
  await bed.settle();
  expect(await received("pagerduty")).toHaveLength(1);
});

test("a ticket that becomes a page wakes somebody, and Slack shows it in the same message", async () => {
  await bed.receive(webhookBody({ severity: "ticket" }));
  await bed.settle();
  await bed.receive(webhookBody({ severity: "page", instance: "app-2" }));
  await bed.settle();
  expect((await received("pagerduty")).map(({ content }) => content.effect)).toEqual(["opened"]);
  expect(await received("slack")).toMatchObject([
    { revisions: 1, summary: expect.stringContaining("[PAGE]") },
  ]);
});

test("the most urgent message leaves first", async () => {
  await bed.receive(webhookBody({ name: "T1", severity: "ticket" }, { name: "T2", severity: "ticket" }));
  await bed.receive(webhookBody({ name: "P1" }));
  await bed.settle();
  const order = (await received("slack")).map(({ summary }) => /T1|T2|P1/.exec(summary)?.[0]);
  expect(order[0]).toBe("P1");
  expect(order).toHaveLength(3);
});

test("news of a page leaves before follow-ups about another", async () => {
  await bed.receive(down);
  await bed.settle();
  await bed.receive(webhookBody({ instance: "app-2" }));
  await bed.receive(webhookBody({ name: "P2" }));
  await bed.settle();
  const { rows } = await bed.database.query<{ kind: string }>(
    "test",
    "SELECT kind FROM delivery WHERE destination = 'slack' ORDER BY finished_at",
  );
  expect(rows.map(({ kind }) => kind)).toEqual(["announce", "announce", "update"]);
});

test("many changes in a row become one update with the newest state", async () => {
  await bed.receive(down);
  await bed.settle();
  for (let n = 2; n <= 9; n++) await bed.receive(webhookBody({ instance: `app-${n}` }));
  await bed.settle();
  const [message] = await received("slack");
  expect(message?.revisions).toBe(1);
  expect(message?.text).toContain("*Alerts firing* 9");
});

test("a destination that is asked too fast is left alone, costs no attempt and holds up no other", async () => {
  await misbehave("pagerduty", "rate-limit", 1);
  await bed.receive(webhookBody({ name: "A" }, { name: "B" }));
  const dispatcher = bed.dispatcher();
  await dispatcher.dispatch();
  await dispatcher.idle();
  expect(await received("pagerduty")).toEqual([]);
  expect((await received("slack")).length).toBe(1);
  await bed.advance(900);
  await dispatcher.dispatch();
  await dispatcher.idle();
  expect(await received("pagerduty")).toEqual([]);
  await bed.settle();
  expect(await received("pagerduty")).toHaveLength(2);
  const { rows } = await bed.database.query("test", "SELECT DISTINCT failures FROM delivery");
  expect(rows).toEqual([{ failures: 0 }]);
});

describe("a crash loses nothing and doubles nothing where the provider lets us find out", () => {
  test.each<DeliveryCheckpoint>(["claimed", "begun", "sent"])("after the point '%s'", async (at) => {
    // Slack names a channel by its id only once it took a message.
    await bed.receive(webhookBody({ name: "Before" }));
    await bed.settle();
    await fetch(api("messages"), { method: "DELETE" });
    await bed.receive(down);
    const crashing = bed.dispatcher({
      checkpoint: (point) => {
        if (point === at) throw new Error("the process is gone");
      },
    });
    expect(await crashing.dispatch()).toBeGreaterThan(0);
    await crashing.idle();
    expect((await bed.deliveries()).filter((line) => line.endsWith(" leased"))).toHaveLength(4);

    const successor = bed.dispatcher();
    expect(await successor.dispatch()).toBe(0);
    await bed.advance(60_000);
    await bed.settle(successor);
    expect((await bed.deliveries()).every((line) => line.endsWith(" sent"))).toBe(true);
    expect(await received("slack")).toHaveLength(1);
    expect((await received("pagerduty")).filter(({ content }) => content.effect === "opened")).toHaveLength(
      1,
    );
    expect(
      (await received("webhook")).filter(({ content }) => content.duplicateOf === undefined),
    ).toHaveLength(1);
    expect(new Set((await received("email")).map(({ content }) => content.messageId)).size).toBe(1);
    const { rows } = await bed.database.query<{ attempts: number }>(
      "test",
      "SELECT count(*)::integer AS attempts FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id JOIN incident i ON i.id = d.incident_id WHERE i.alertname = 'ServiceDown'",
    );
    expect(rows[0]?.attempts).toBe(at === "claimed" ? 4 : 8);
  });
});

test("whoever lost the lease while sending decides nothing any more", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let stuck = 0;
  const zombie = bed.dispatcher({
    checkpoint: async (point) => {
      if (point !== "sent") return;
      stuck += 1;
      await held;
    },
  });
  await bed.receive(down);
  await zombie.dispatch();
  await until("all four to be sent", () => (stuck === 4 ? true : undefined));
  await bed.advance(60_000);
  await bed.settle();
  const before = (await bed.database.query("test", "SELECT * FROM delivery ORDER BY sequence")).rows;
  expect(before.map(({ state, token }) => [state, token])).toEqual(Array(4).fill(["sent", 2]));
  release();
  await zombie.idle();
  expect((await bed.database.query("test", "SELECT * FROM delivery ORDER BY sequence")).rows).toEqual(before);
  expect(bed.logLines.filter((line) => line.includes("lease-lost"))).toHaveLength(4);
});

test("what a provider refuses for good opens an incident about the route, elsewhere, and a success closes it", async () => {
  const good = standInChannels(inbox);
  const pagerduty = { routingKey: "short", url: good.pagerduty?.url ?? "" };
  const broken = bed.dispatcher({ channels: createChannels({ ...good, pagerduty }, "test-install") });
  await bed.receive(down);
  await bed.settle(broken);
  expect(await incidents()).toMatchObject([
    { alertname: "ServiceDown", state: "triggered" },
    {
      alertname: "PagerRouteBroken",
      state: "triggered",
      summary: "Pages do not reach pagerduty",
      runbook_url: `${bed.options.consoleUrl}/runbooks/PagerRouteBroken`,
      dashboard_url: `${bed.options.consoleUrl}/boards/on-call`,
    },
  ]);
  expect((await bed.deliveries()).filter((line) => line.startsWith("pagerduty"))).toEqual([
    "pagerduty announce dead",
  ]);
  const told = (await received("slack")).find(({ summary }) =>
    summary.includes("Pages do not reach pagerduty"),
  );
  expect(JSON.stringify(told)).toContain(`${bed.options.consoleUrl}/runbooks/PagerRouteBroken`);

  await bed.receive(webhookBody({ name: "Another" }));
  await bed.settle();
  expect((await incidents())[1]).toMatchObject({ alertname: "PagerRouteBroken", state: "resolved" });
});

test("nobody hears that it is over while the announcement is still on its way", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = 0;
  const slow = bed.dispatcher({
    checkpoint: async (point) => {
      if (point !== "begun") return;
      begun += 1;
      await held;
    },
  });
  await bed.receive(down);
  await slow.dispatch();
  await until("all four to have begun", () => (begun === 4 ? true : undefined));
  await bed.receive(over);
  await bed.advance(2_000);
  expect(await bed.dispatcher().dispatch()).toBe(0);
  release();
  await slow.idle();
  await bed.settle();
  expect((await bed.deliveries()).filter((line) => !line.endsWith(" sent"))).toEqual([]);
  expect((await received("pagerduty")).map(({ content }) => content.effect)).toEqual(["opened", "resolved"]);
});

test("a message about a broken route that is refused too is not an incident of its own", async () => {
  const good = standInChannels(inbox);
  const pagerduty = { routingKey: "short", url: good.pagerduty?.url ?? "" };
  const first = bed.dispatcher({ channels: createChannels({ ...good, pagerduty }, "test-install") });
  await bed.receive(down);
  await first.dispatch();
  await first.idle();
  const webhook = { url: `http://127.0.0.1:${inbox.httpPort}/nowhere`, secret: SECRETS.webhook };
  await bed.settle(
    bed.dispatcher({ channels: createChannels({ ...good, pagerduty, webhook }, "test-install") }),
  );
  expect(await bed.deliveries()).toContain("webhook announce dead");
  expect((await incidents()).map(({ alertname }) => alertname)).toEqual(["ServiceDown", "PagerRouteBroken"]);
});

test("an alarm about an alarm ends there: with every route broken nothing goes round in circles", async () => {
  const everything = standInChannels({ httpPort: inbox.httpPort, smtpPort: inbox.smtpPort });
  const bad = await createTestDatabase();
  const url = `http://127.0.0.1:${inbox.httpPort}/nowhere`;
  const all = await createTestBed(bad.url, {
    slack: { token: SECRETS.slack, channel: "no-such-channel", apiUrl: everything.slack?.apiUrl ?? "" },
    email: undefined,
    pagerduty: { routingKey: "short", url: everything.pagerduty?.url ?? "" },
    webhook: { url, secret: SECRETS.webhook },
  });
  try {
    await all.receive(down);
    await all.settle();
    const { rows } = await all.database.query<{ alertname: string }>(
      "test",
      "SELECT alertname FROM incident ORDER BY number",
    );
    expect(rows.map(({ alertname }) => alertname)).toEqual([
      "ServiceDown",
      ...Array(3).fill("PagerRouteBroken"),
    ]);
    expect((await all.deliveries()).every((line) => line.endsWith(" dead"))).toBe(true);
  } finally {
    await all.close();
    await bad.drop();
  }
});
