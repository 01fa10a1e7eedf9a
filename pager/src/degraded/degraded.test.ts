import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManualClock, type ManualClock } from "@watchkeeper/process/clock";
import { until } from "@watchkeeper/testing/poll";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Channel, Message, Outcome } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Directory, Policy, Target } from "../escalation/directory.ts";
import { fireDue } from "../escalation/fire.ts";
import { createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import { createDegraded } from "./degraded.ts";
import { createEmergency, type Emergency, type RememberedBody } from "./emergency.ts";
import { importLedger } from "./import.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { peopleAt, readSnapshot, type Snapshot, takeSnapshot, writeSnapshot } from "./snapshot.ts";

let sent: { destination: string; message: Message }[] = [];
let fate: Outcome = { result: "sent", reference: null };
const channel = (name: ChannelName, reaches: Channel["reaches"]): Channel => ({
  name,
  reaches,
  showsUpdates: false,
  minIntervalMs: 0,
  budgetMs: () => 1_000,
  send: async (message) => {
    sent.push({ destination: `${name}${message.to.address ? `:${message.to.address}` : ""}`, message });
    return fate;
  },
});
const channels = new Map<ChannelName, Channel>([
  ["pagerduty", channel("pagerduty", ["team"])],
  ["slack", channel("slack", ["team"])],
  ["ntfy", channel("ntfy", ["people"])],
]);
const ada: Target = { person: "ada", name: "Ada", contacts: [{ channel: "ntfy", address: "ada-topic" }] };
const policy: Policy = {
  id: "only",
  levels: [{ targets: ["person:ada"], timeoutMs: 300_000 }],
  repeat: 0,
  catchAll: ["person:ada"],
  acknowledgeTimeoutMs: null,
};
const directory: Directory = {
  policyFor: () => policy,
  policies: () => [policy],
  targetsAt: async () => [ada],
  spansOf: async (_queries, _references, from, to) => [{ from, to, targets: [ada] }],
};

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let folder: string;
let clock: ManualClock;
let ledger: Ledger;
let emergency: Emergency;
let snapshot: Snapshot;
let restored: RememberedBody[] | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, channels, directory);
  snapshot = await takeSnapshot(bed.database, directory, "test-install");
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pager-degraded-"));
  clock = createManualClock(Date.parse("2026-03-01T03:00:00Z"));
  ledger = createLedger(folder, "one");
  sent = [];
  restored = undefined;
  fate = { result: "sent", reference: null };
  emergency = createEmergency({
    reach: bed.options.reach,
    channels,
    snapshot: () => snapshot,
    ledger,
    restore: async (bodies) => {
      if (!restored) throw new Error("still away");
      restored.push(...bodies);
    },
    metrics: bed.pagerMetrics,
    log: bed.options.log,
    clock,
  });
});
afterEach(async () => {
  await emergency.close();
  await rm(folder, { recursive: true });
});

const fail = (body: Buffer) => emergency.failed({ source: "alertmanager", body }, clock.now());
/** Lets time pass and what it starts end. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await clock.advance(Math.min(500, left));
    await until("the loop to sleep again", () => clock.sleeping > 0 || undefined);
  }
}

describe("while the database is away", () => {
  test("a page goes out from the snapshot after five seconds, to the team and to whoever is on call", async () => {
    fail(webhookBody({}));
    await pass(4_500);
    expect(sent).toEqual([]);
    await pass(1_000);
    expect(sent.map(({ destination }) => destination).sort()).toEqual([
      "ntfy:ada-topic",
      "pagerduty",
      "slack",
    ]);
    expect(sent[0]?.message.incident.summary).toMatch(/^DEGRADED /);
  });

  test("what is on its way is in the ledger on disk before it leaves", async () => {
    fate = { result: "ambiguous", reason: "no answer" };
    fail(webhookBody({}));
    await pass(5_500);
    const entries = await ledger.read();
    expect(entries.filter(({ what }) => what === "attempt")).toHaveLength(3);
    expect(entries.findIndex(({ what }) => what === "attempt")).toBe(0);
  });

  test("one incident pages once in five minutes however often it is told", async () => {
    for (let n = 0; n < 20; n++) {
      fail(webhookBody({ description: `${n}` }));
      await pass(1_000);
    }
    expect(sent).toHaveLength(3);
    await pass(5 * 60_000);
    fail(webhookBody({}));
    await pass(1_000);
    expect(sent).toHaveLength(6);
  });

  test("tickets wait, and what ends before it was told wakes nobody", async () => {
    fail(webhookBody({ severity: "ticket" }));
    fail(webhookBody({ name: "Short" }));
    fail(webhookBody({ name: "Short", status: "resolved" }));
    await pass(10_000);
    expect(sent).toEqual([]);
  });

  test("a storm is five messages for each recipient, the worst first", async () => {
    fail(
      webhookBody(
        ...Array.from({ length: 500 }, (_, n) => ({
          name: `Alert${n}`,
          service: `s${n}`,
          severity: n === 400 ? "P0" : "P1",
        })),
      ),
    );
    await pass(6_000);
    expect(sent).toHaveLength(15);
    expect(sent.some(({ message }) => message.incident.alertname === "Alert400")).toBe(true);
    expect(sent.some(({ message }) => message.incident.summary.includes("495 incidents more"))).toBe(true);
  });

  test("a database that is back soon makes no noise and gets what it has missed", async () => {
    fail(webhookBody({}));
    await pass(2_000);
    restored = [];
    await pass(10_000);
    expect(sent).toEqual([]);
    expect(restored).toHaveLength(1);
  });
});

describe("when the database is back", () => {
  const deliveries = async (): Promise<string[]> => {
    const { rows } = await bed.database.query<{ line: string }>(
      "test",
      `SELECT concat_ws(' ', destination, d.kind, d.state) AS line FROM delivery d
       JOIN incident i ON i.id = d.incident_id WHERE i.alertname = 'Away' ORDER BY destination`,
    );
    return rows.map(({ line }) => line);
  };

  test("what was sent counts, under the id that it named, and nothing is sent twice", async () => {
    const body = webhookBody({ name: "Away" });
    fail(body);
    await pass(6_000);
    const named = sent[0]?.message.incident.id;
    sent = [];
    expect(await importLedger(bed.database, bed.options.reach, ledger)).toBe(3);
    expect(await importLedger(bed.database, bed.options.reach, ledger)).toBe(0);
    await bed.receive(body);
    const { rows } = await bed.database.query("test", "SELECT id FROM incident WHERE alertname = 'Away'");
    expect(rows).toEqual([{ id: named }]);
    expect(await deliveries()).toEqual(["pagerduty announce sent", "slack announce sent"]);
    await fireDue({ database: bed.database, reach: bed.options.reach, metrics: bed.pagerMetrics });
    await bed.settle();
    expect(sent).toEqual([]);
  });

  test("an attempt whose end is unknown is made again under the id that it had", async () => {
    fate = { result: "ambiguous", reason: "no answer" };
    fail(webhookBody({ name: "Perhaps" }));
    await pass(6_000);
    const attempted = sent.filter(({ destination }) => !destination.includes(":"));
    await importLedger(bed.database, bed.options.reach, ledger);
    const { rows } = await bed.database.query(
      "test",
      `SELECT d.id, d.destination, d.state FROM delivery d JOIN incident i ON i.id = d.incident_id
       WHERE i.alertname = 'Perhaps' ORDER BY destination`,
    );
    expect(rows).toEqual(
      attempted
        .map(({ destination, message }) => ({ id: message.deliveryId, destination, state: "ambiguous" }))
        .sort((one, other) => one.destination.localeCompare(other.destination)),
    );
  });

  test("a ledger that cannot be read in is kept aside, and webhooks wait for it no longer", async () => {
    fail(webhookBody({ name: "Poison" }));
    await pass(6_000);
    const { recover } = await createDegraded({
      ...bed.options,
      database: { ...bed.database, transaction: () => Promise.reject(new Error("a fact that fits nowhere")) },
      install: "test-install",
      folder,
      replica: "one",
      metrics: bed.pagerMetrics,
    });
    for (let n = 0; n < 4; n++) await expect(recover()).rejects.toThrow("fits nowhere");
    await recover();
    await recover();
    const files = await readdir(folder);
    expect(files.filter((name) => name.endsWith(".not-read"))).toHaveLength(1);
    expect(await ledger.read()).toEqual([]);
  });
});

describe("the files", () => {
  test("a snapshot is read as it was written, and one that was changed is not read", async () => {
    await writeSnapshot(folder, snapshot);
    const read = await readSnapshot(folder);
    expect(read).toEqual(snapshot);
    expect(read && peopleAt(read, "only", new Date("2026-03-02T00:00:00Z"))).toEqual([ada]);
    const path = join(folder, "snapshot.json");
    await writeFile(path, (await readFile(path, "utf8")).replace("ada-topic", "eve-topic"));
    expect(await readSnapshot(folder)).toBeUndefined();
    expect(await readSnapshot(join(folder, "none"))).toBeUndefined();
  });

  test("a line of the ledger that a crash cut off is left out", async () => {
    fail(webhookBody({}));
    await pass(6_000);
    const whole = await ledger.read();
    await appendFile(join(folder, "ledger-one.jsonl"), '{"what":"attempt","at":"2026');
    expect(await ledger.read()).toEqual(whole);
  });
});
