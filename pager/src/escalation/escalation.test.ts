import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Channel, Message, Outcome } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Command } from "../incidents/command.ts";
import { runCommand } from "../incidents/commands.ts";
import { createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import type { Directory, Policy, Target } from "./directory.ts";
import { fireDue } from "./fire.ts";
import { reopenDue } from "./reopen.ts";
import { tellOfUnreached } from "./unreached.ts";

const MINUTE_MS = 60_000;

/** What was sent to whom, as `channel person kind`. */
let sent: string[] = [];
let fate: (message: Message, channel: ChannelName) => Outcome;

const channel = (name: ChannelName, reaches: Channel["reaches"]): Channel => ({
  name,
  reaches,
  showsUpdates: false,
  minIntervalMs: 0,
  budgetMs: () => 1_000,
  send: async (message) => {
    const outcome = fate(message, name);
    if (outcome.result === "sent") sent.push(`${name} ${message.to.person ?? "team"} ${message.kind}`);
    return outcome;
  },
});
const channels = new Map<ChannelName, Channel>([
  ["slack", channel("slack", ["team"])],
  ["ntfy", channel("ntfy", ["people"])],
  ["sms", channel("sms", ["people"])],
]);

const person = (name: string): Target => ({
  person: name,
  name,
  contacts: [
    { channel: "ntfy", address: `${name}-topic` },
    { channel: "voice", address: "+49 30 1" },
    { channel: "sms", address: `+49 30 ${name.length}${name.charCodeAt(0)}` },
  ],
});

let policy: Policy;
const people: Record<string, readonly Target[]> = {
  "person:ada": [person("ada")],
  "person:bo": [person("bo")],
  "person:cy": [person("cy")],
  "schedule:empty": [],
  "person:mute": [{ person: "mute", name: "mute", contacts: [] }],
};
const directory: Directory = {
  policyFor: () => policy,
  policies: () => [policy],
  targetsAt: async (_queries, references) => references.flatMap((reference) => people[reference] ?? []),
  spansOf: async () => [],
};

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let service = 0;
let key = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, channels, directory);
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});
beforeEach(async () => {
  // What the test before left open is nobody's any more.
  await bed.database.query("test", "UPDATE escalation SET state = 'stopped'");
  await bed.database.query("test", "UPDATE notification SET state = 'cancelled'");
  await bed.database.query("test", "UPDATE incident SET state = 'resolved'");
  await bed.database.query("test", "UPDATE delivery SET state = 'superseded'");
  await bed.advance(2 * MINUTE_MS);
  service += 1;
  fate = () => ({ result: "sent", reference: null });
  policy = {
    id: `policy-${service}`,
    levels: [
      { targets: ["person:ada"], timeoutMs: 5 * MINUTE_MS },
      { targets: ["person:bo"], timeoutMs: 5 * MINUTE_MS },
    ],
    repeat: 0,
    catchAll: ["person:cy"],
    acknowledgeTimeoutMs: 30 * MINUTE_MS,
  };
  sent = [];
});

/** What the engine's loops do. */
async function work(): Promise<void> {
  const options = { database: bed.database, reach: bed.options.reach, metrics: bed.pagerMetrics };
  while (await fireDue(options));
  while (await reopenDue(bed.database, bed.options.reach));
  while (await fireDue(options));
  const dispatcher = bed.dispatcher();
  await dispatcher.dispatch();
  await dispatcher.idle();
}
async function pass(ms: number, stepMs = 10_000): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    await bed.advance(Math.min(stepMs, left));
    await work();
  }
}
const alert = (severity = "page", extra = {}) => webhookBody({ service: `s${service}`, severity, ...extra });
async function open(severity = "page"): Promise<void> {
  await bed.receive(alert(severity));
  await work();
}
const number = async (): Promise<string> => {
  const { rows } = await bed.database.query<{ number: string }>(
    "test",
    "SELECT number::text FROM incident WHERE service = $1",
    [`s${service}`],
  );
  return rows[0]?.number ?? "";
};
const command = async (asked: Command) =>
  runCommand(bed.options, await number(), asked, { actor: "ada", source: "api", requestKey: `k${++key}` });
const pagesSent = () => sent.filter((line) => !line.includes(" team ") && !line.endsWith("resolve"));
const kinds = async (): Promise<string[]> => {
  const { rows } = await bed.database.query<{ kind: string }>(
    "test",
    "SELECT e.kind FROM incident_event e JOIN incident i ON i.id = e.incident_id WHERE i.service = $1 ORDER BY e.id",
    [`s${service}`],
  );
  return rows.map((row) => row.kind);
};

test("a page goes up level by level until somebody acknowledges", async () => {
  await open();
  expect(pagesSent()).toEqual(["ntfy ada announce"]);
  await pass(4 * MINUTE_MS);
  expect(pagesSent()).toHaveLength(1);
  await pass(1 * MINUTE_MS);
  expect(pagesSent()).toEqual(["ntfy ada announce", "ntfy bo announce"]);
  await command({ action: "acknowledge" });
  await pass(20 * MINUTE_MS, MINUTE_MS);
  expect(pagesSent()).toHaveLength(2);
});

test("a ticket asks nobody by name", async () => {
  await open("ticket");
  await pass(10 * MINUTE_MS, MINUTE_MS);
  expect(sent).toEqual(["slack team announce"]);
});

test("all levels are asked again as often as the policy says, each round by one more channel, then the catch-all", async () => {
  policy = { ...policy, repeat: 1 };
  await open();
  await pass(21 * MINUTE_MS, MINUTE_MS);
  expect(pagesSent()).toEqual([
    "ntfy ada announce",
    "ntfy bo announce",
    "ntfy ada again",
    "sms ada announce",
    "ntfy bo again",
    "sms bo announce",
    "ntfy cy announce",
    "sms cy announce",
  ]);
});

test("an incident that nobody answers ends in an incident that says so, and an acknowledgement ends that one", async () => {
  await open();
  await pass(16 * MINUTE_MS, MINUTE_MS);
  expect((await kinds()).at(-1)).toBe("nobody-reached");
  await tellOfUnreached(bed.database, bed.options.reach, "http://console.example");
  await tellOfUnreached(bed.database, bed.options.reach, "http://console.example");
  const told = async () =>
    (
      await bed.database.query<{ state: string }>(
        "test",
        "SELECT state FROM incident WHERE alertname = 'PagerNobodyReached' AND labels ->> 'incident' = $1",
        [await number()],
      )
    ).rows;
  expect(await told()).toEqual([{ state: "triggered" }]);
  const before = pagesSent().length;
  await pass(2 * MINUTE_MS, MINUTE_MS);
  expect(pagesSent()).toHaveLength(before);
  await command({ action: "acknowledge" });
  await tellOfUnreached(bed.database, bed.options.reach, "http://console.example");
  expect(await told()).toEqual([{ state: "resolved" }]);
});

test("a level without anybody on call, or with nobody who can be told, waits for nothing", async () => {
  policy = {
    ...policy,
    levels: [
      { targets: ["schedule:empty"], timeoutMs: 5 * MINUTE_MS },
      { targets: ["person:mute"], timeoutMs: 5 * MINUTE_MS },
      { targets: ["person:bo"], timeoutMs: 5 * MINUTE_MS },
    ],
  };
  await open();
  expect(pagesSent()).toEqual(["ntfy bo announce"]);
  expect((await kinds()).filter((kind) => kind === "nobody-on-call")).toHaveLength(2);
});

test("an acknowledgement that leads to nothing runs out, and people are asked again from the first level", async () => {
  await open();
  await command({ action: "acknowledge" });
  await pass(29 * MINUTE_MS, MINUTE_MS);
  expect(pagesSent()).toEqual(["ntfy ada announce"]);
  await pass(MINUTE_MS);
  expect(pagesSent()).toEqual(["ntfy ada announce", "ntfy ada again"]);
  expect(await kinds()).toContain("acknowledgement-ran-out");
});

test("a snooze asks nobody until it is over", async () => {
  await open();
  const { rows } = await bed.database.query<{ at: Date }>("test", "SELECT pager_now() AS at");
  const until = new Date((rows[0]?.at.getTime() ?? 0) + 60 * MINUTE_MS);
  await command({ action: "snooze", until });
  await pass(59 * MINUTE_MS, MINUTE_MS);
  expect(pagesSent()).toHaveLength(1);
  await pass(MINUTE_MS);
  expect(pagesSent()).toEqual(["ntfy ada announce", "ntfy ada again"]);
});

test("what becomes worse after it was acknowledged asks again", async () => {
  await bed.receive(alert("P1"));
  await work();
  await command({ action: "acknowledge" });
  await bed.receive(alert("P0", { instance: "app-2" }));
  await work();
  expect(pagesSent()).toEqual(["ntfy ada announce", "ntfy ada again"]);
});

test("the next channel is tried after 20 seconds without a provider that took the page", async () => {
  fate = (_message, name) =>
    name === "ntfy" ? { result: "ambiguous", reason: "no answer" } : { result: "sent", reference: null };
  await open();
  await bed.advance(20_000);
  await work();
  expect(pagesSent()).toEqual(["sms ada announce"]);
});

test("the next channel is tried at once when the first is refused, and after two failures", async () => {
  fate = (_message, name) =>
    name === "ntfy" ? { result: "dead", reason: "no such topic" } : { result: "sent", reference: null };
  await open();
  await work();
  expect(pagesSent()).toEqual(["sms ada announce"]);
});

test("two failures are enough for the next channel", async () => {
  fate = (_message, name) =>
    name === "ntfy" ? { result: "retry", reason: "HTTP 500" } : { result: "sent", reference: null };
  await open();
  await pass(4_000, 1_000);
  expect(pagesSent()).toEqual(["sms ada announce"]);
});

test("once a provider took the page, no other channel is used", async () => {
  await open();
  await pass(2 * MINUTE_MS);
  expect(pagesSent()).toEqual(["ntfy ada announce"]);
});

test("the end of the alerts ends the asking, and those who were told hear of it", async () => {
  await open();
  await bed.receive(alert("page", { status: "resolved" }));
  await pass(10 * MINUTE_MS, MINUTE_MS);
  expect(sent.filter((line) => !line.includes("team"))).toEqual(["ntfy ada announce", "ntfy ada resolve"]);
});

test("a person is paged at most three times in a minute, and hears of the rest in the next", async () => {
  for (let n = 0; n < 5; n++) await bed.receive(alert("page", { name: `Alert${n}` }));
  await work();
  expect(pagesSent()).toHaveLength(3);
  await pass(MINUTE_MS + 10_000);
  expect(pagesSent()).toHaveLength(5);
});

test("two engines fire each level once", async () => {
  for (let n = 0; n < 4; n++) await bed.receive(alert("page", { name: `Alert${n}` }));
  const options = { database: bed.database, reach: bed.options.reach, metrics: bed.pagerMetrics };
  await Promise.all([fireDue(options), fireDue(options), fireDue(options), fireDue(options)]);
  const { rows } = await bed.database.query<{ count: number }>(
    "test",
    `SELECT count(*)::integer FROM escalation_fired f JOIN incident i ON i.id = f.incident_id WHERE i.service = $1`,
    [`s${service}`],
  );
  expect(rows).toEqual([{ count: 4 }]);
});
