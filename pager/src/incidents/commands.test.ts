import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestBed, standInChannels, type TestBed, webhookBody } from "../test-bed.ts";
import type { Command } from "./command.ts";
import { type CommandOrigin, runCommand } from "./commands.ts";

let inbox: Inbox;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let requests = 0;

beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());
beforeEach(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, standInChannels(inbox));
  await bed.receive(webhookBody({}));
});
afterEach(async () => {
  await bed.close();
  await database.drop();
});

const origin = (changes: Partial<CommandOrigin> = {}): CommandOrigin => ({
  actor: "ada",
  source: "api",
  requestKey: `request-${++requests}`,
  ...changes,
});
const run = (command: Command, changes: Partial<CommandOrigin> = {}) =>
  runCommand(bed.options, "1", command, origin(changes));

const timeline = async () =>
  (
    await bed.database.query<{ kind: string; text: string; actor: string | null; source: string | null }>(
      "test",
      "SELECT kind, text, actor, source FROM incident_event ORDER BY id",
    )
  ).rows;

test("an acknowledgement is remembered with who gave it and by which way", async () => {
  expect(await run({ action: "acknowledge" }, { source: "slack" })).toMatchObject({
    done: true,
    state: "acknowledged",
    acknowledgedBy: "ada",
  });
  expect((await timeline()).at(-1)).toEqual({
    kind: "acknowledged",
    text: "acknowledged by ada",
    actor: "ada",
    source: "slack",
  });
});

test("the same request again gets the first answer and changes nothing", async () => {
  const first = await run({ action: "acknowledge" }, { requestKey: "slack:U1:a:1" });
  const lines = await timeline();
  expect(await run({ action: "acknowledge" }, { requestKey: "slack:U1:a:1" })).toEqual(first);
  expect(await timeline()).toEqual(lines);
});

test("a second person's acknowledgement is refused with the reason", async () => {
  await run({ action: "acknowledge" });
  expect(await run({ action: "acknowledge" }, { actor: "bo" })).toEqual({
    done: false,
    reason: "already-acknowledged",
    message: "Somebody looks after it already",
  });
});

test("of two people who act on the same version one is told to look again", async () => {
  const results = await Promise.all([
    run({ action: "acknowledge" }, { actor: "ada", ifVersion: 1 }),
    run({ action: "resolve" }, { actor: "bo", ifVersion: 1 }),
  ]);
  expect(results.filter(({ done }) => done)).toHaveLength(1);
  expect(results.find(({ done }) => !done)).toMatchObject({ reason: "version-changed" });
});

test("what is over takes notes and verdicts and nothing else", async () => {
  await run({ action: "resolve", as: "actionable" });
  expect(await run({ action: "acknowledge" })).toMatchObject({ reason: "already-resolved" });
  expect(await run({ action: "snooze", until: new Date("2026-03-01T04:00:00Z") })).toMatchObject({
    reason: "already-resolved",
  });
  expect(await run({ action: "note", text: "it was the disk" })).toMatchObject({ done: true });
  expect(await run({ action: "closeAs", as: "noise" })).toMatchObject({ done: true, state: "resolved" });
  expect((await timeline()).slice(-2).map(({ text }) => text)).toEqual(["it was the disk", "judged noise"]);
});

test("a snooze ends between a minute and a week from now", async () => {
  const snooze = (until: string) => run({ action: "snooze", until: new Date(until) });
  expect(await snooze("2026-03-01T03:00:30Z")).toMatchObject({ reason: "snooze-not-in-range" });
  expect(await snooze("2026-03-09T03:00:00Z")).toMatchObject({ reason: "snooze-not-in-range" });
  expect(await snooze("never")).toMatchObject({ reason: "snooze-not-in-range" });
  expect(await snooze("2026-03-01T04:00:00Z")).toMatchObject({ done: true, state: "triggered" });
  expect(await run({ action: "unsnooze" })).toMatchObject({ done: true });
  expect(await run({ action: "unsnooze" })).toMatchObject({ reason: "not-snoozed" });
});

test("giving it to somebody acknowledges in their name, giving it back asks again", async () => {
  expect(await run({ action: "reassign", to: "bo" })).toMatchObject({
    state: "acknowledged",
    acknowledgedBy: "bo",
  });
  expect(await run({ action: "reassign", to: null })).toMatchObject({
    state: "triggered",
    acknowledgedBy: null,
  });
});

test("an incident that does not exist and an empty note are refused", async () => {
  expect(await runCommand(bed.options, "77", { action: "acknowledge" }, origin())).toMatchObject({
    reason: "unknown-incident",
  });
  expect(await run({ action: "note", text: "  " })).toMatchObject({ reason: "empty-note" });
});

test("Slack shows what people did", async () => {
  await bed.settle();
  await run({ action: "acknowledge" });
  await bed.settle();
  expect((await bed.deliveries()).filter((line) => line.startsWith("slack"))).toEqual([
    "slack announce sent",
    "slack update sent",
  ]);
});
