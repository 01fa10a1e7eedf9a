import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notReady } from "../incidents/own-alerts.ts";
import { destinationsFor, type Reach } from "../routes.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createDirectory } from "./directory.ts";
import { parseOnCallFile } from "./file/parse.ts";
import { tellOwners } from "./keep-readiness.ts";
import {
  isWorkingTime,
  type Reached,
  type ReadinessFacts,
  readinessProblems,
  respondersOf,
} from "./readiness.ts";
import { buildRoster } from "./roster.ts";
import { SAMPLE, sampleRoster } from "./test-roster.ts";

const DAY_MS = 86_400_000;
/** A Sunday, 04:00 in Berlin. */
const nowMs = Date.parse("2026-03-01T03:00:00Z");
const ago = (days: number): Date => new Date(nowMs - days * DAY_MS);
const sent = (days: number): Reached => ({ lastSentAt: ago(days), failingSince: null });

const reaching = { showsUpdates: false, reaches: ["team", "people"], minIntervalMs: 0 } as const;
const destinations: Reach["destinations"] = new Map([
  ["email", reaching],
  ["ntfy", reaching],
  ["sms", reaching],
]);

const roster = sampleRoster();
const ready: readonly (readonly [string, Reached])[] = [
  ["email:ada@example.org", sent(1)],
  ["ntfy:ada", sent(29)],
  ["email:bob@example.org", sent(1)],
  ["sms:+4915112345678", sent(1)],
  ["email:cyd@example.org", sent(1)],
];
const facts = (changes: Partial<ReadinessFacts> = {}, reached = ready): ReadinessFacts => ({
  roster,
  exceptions: [],
  destinations,
  reached: new Map(reached),
  nowMs,
  ...changes,
});
const said = (given: ReadinessFacts): readonly string[] =>
  readinessProblems(given).map(({ team, text }) => `${team}: ${text}`);

describe("readiness", () => {
  test("asks of everybody whom an escalation may ask", () => {
    expect([...respondersOf(roster)].sort()).toEqual(["ada", "bob", "cyd"]);
  });

  test("counts channels that took a message in the last thirty days, and that are set up", () => {
    const only = (given: ReadinessFacts) => said(given).filter((text) => text.includes("channels"));
    const bob = "product: Bob has 1 of 2 channels that took a message in the last 30 days: send a test page";
    expect(only(facts())).toEqual([bob]);
    const stale = ready.map(([name, reached]) => [name, name === "ntfy:ada" ? sent(31) : reached] as const);
    expect(only(facts({}, stale))).toEqual([bob.replace("Bob", "Ada"), bob]);
    const withoutSms: Reach["destinations"] = new Map([
      ["email", reaching],
      ["ntfy", reaching],
    ]);
    expect(only(facts({ destinations: withoutSms }))).toHaveLength(2);
    expect(only(facts({}, []))).toHaveLength(3);
  });

  test("finds the first gap of a schedule, what an override closes, and leaves alone what may have gaps", () => {
    const gaps = (given: ReadinessFacts) => said(given).filter((text) => text.includes("Nobody"));
    expect(gaps(facts())).toEqual([
      "platform: Nobody is on call for Platform, office hours from 2026-03-01T03:00:00.000Z to 2026-03-01T08:00:00.000Z, and 14 more gaps in 14 days",
    ]);
    const meant = buildRoster(
      parseOnCallFile(
        SAMPLE.replace("title: Platform, office hours", "title: Platform\n    mayHaveGaps: true"),
        "x",
      ),
    );
    expect(gaps(facts({ roster: meant }))).toEqual([]);
    const made = { id: "1", note: "", createdAt: ago(1), createdBy: "ada", otherPerson: null };
    const whole = {
      ...made,
      schedule: "office",
      kind: "override",
      person: "cyd",
      from: ago(1),
      to: ago(-15),
    } as const;
    expect(gaps(facts({ exceptions: [whole] }))).toEqual([]);
  });

  test("tells of an address that has failed for ten minutes, without naming it, and not of one that nobody has", () => {
    const failing = (name: string, minutes: number) =>
      [name, { lastSentAt: ago(1), failingSince: new Date(nowMs - minutes * 60_000) }] as const;
    const routes = (...more: (readonly [string, Reached])[]) =>
      said(facts({}, [...ready, ...more])).filter((text) => text.includes("failed"));
    expect(routes(failing("email:bob@example.org", 11))).toEqual([
      "product: Messages by email to one person have failed since 2026-03-01T02:49:00.000Z",
    ]);
    expect(routes(failing("email:bob@example.org", 9), failing("email:eve@example.org", 90))).toEqual([]);
    expect(routes(failing("slack", 11))).toEqual([
      "platform: Messages by slack have failed since 2026-03-01T02:49:00.000Z",
    ]);
  });
});

test("working hours are those of the team's zone and days", () => {
  const at = (text: string, team = "product") => isWorkingTime(roster, team, Date.parse(text));
  expect(at("2026-03-02T08:00:00Z")).toBe(true);
  expect(at("2026-03-02T07:59:00Z")).toBe(false);
  expect(at("2026-03-02T16:00:00Z")).toBe(false);
  expect(at("2026-07-06T07:30:00Z")).toBe(true);
  expect(at("2026-03-01T12:00:00Z")).toBe(false);
  expect(at("2026-03-01T12:00:00Z", "platform")).toBe(true);
  expect(at("2026-03-01T12:00:00Z", "nobody")).toBe(false);
});

describe("the owner of a team", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let bed: TestBed;
  beforeAll(async () => {
    database = await createTestDatabase();
    bed = await createTestBed(database.url, new Map());
  });
  afterAll(async () => {
    await bed.close();
    await database.drop();
  });

  test("hears of it by their own channels, and no channel of the team does", async () => {
    const fact = notReady({ team: "product", problems: ["a gap"], consoleUrl: "http://console.example" });
    expect(destinationsFor(fact, destinations)).toEqual([]);
    const other = { ...fact, labels: { ...fact.labels, alertname: "PagerRouteBroken" } };
    expect(destinationsFor(other, destinations)).toEqual(["email"]);
  });

  test("is told in working hours alone, once, by an escalation to them; and at any hour that it is over", async () => {
    let current = roster;
    const source = { current: () => current, state: () => ({ readAt: new Date(), problem: null }) };
    const consoleUrl = "http://console.example:4700";
    const reach: Reach = { destinations, directory: createDirectory(source.current), consoleUrl };
    const tell = () => tellOwners({ database: bed.database, source, reach, consoleUrl });
    await bed.database.query(
      "test",
      "INSERT INTO destination (name, min_interval) VALUES ('email', '0'), ('slack', '0')",
    );
    const incidents = async () =>
      (
        await bed.database.query<{ line: string }>(
          "test",
          `SELECT concat_ws(' ', i.labels ->> 'oncall_owner_of', i.state, e.policy ->> 'id') AS line FROM incident i
           LEFT JOIN escalation e ON e.incident_id = i.id ORDER BY i.number`,
        )
      ).rows.map(({ line }) => line);

    // Sunday, 03:00 UTC: nobody works.
    await bed.database.query("test", "UPDATE migration SET run_on = '2026-02-28T12:00:01Z'");
    await tell();
    expect(await incidents()).toEqual([]);
    // Sunday, 12:00 UTC: the platform's owner does, but the pager was set up less than a day ago.
    await bed.advance(9 * 3_600_000);
    await tell();
    expect(await incidents()).toEqual([]);
    await bed.advance(1_000);
    await tell();
    await tell();
    expect(await incidents()).toEqual(["platform triggered owner-of-platform"]);
    // Monday, 12:00.
    await bed.advance(DAY_MS);
    await tell();
    expect(await incidents()).toEqual([
      "platform triggered owner-of-platform",
      "product triggered owner-of-product",
    ]);

    // In the night nothing is wrong any more: the file has one person, with channels that work.
    const fixed = SAMPLE.replace(/ {2}bob:.*\n/, "")
      .replace("people: [ada, bob]", "people: [ada]")
      .replace("windows: [{", "turn_windows: [{")
      .replace(/, turn_windows: .*\]/, "");
    current = buildRoster(parseOnCallFile(fixed, "fixed.yaml"));
    await bed.database.query("test", "UPDATE test_clock SET at = '2026-03-03T02:00:00Z'");
    const incident = "(SELECT id FROM incident LIMIT 1)";
    for (const name of ready.map(([one]) => one)) {
      await bed.database.query(
        "test",
        "INSERT INTO destination (name, min_interval) VALUES ($1, '0') ON CONFLICT DO NOTHING",
        [name],
      );
      await bed.database.query(
        "test",
        `INSERT INTO delivery (incident_id, destination, kind, urgency, caused_at, state, finished_at)
         VALUES (${incident}, $1, 'update', 1, pager_now(), 'sent', pager_now())`,
        [name],
      );
    }
    await tell();
    expect((await incidents()).map((line) => line.split(" ")[1])).toEqual(["resolved", "resolved"]);
  });
});
