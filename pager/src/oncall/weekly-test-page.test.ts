import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Reach } from "../routes.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createDirectory } from "./directory.ts";
import { parseOnCallFile } from "./file/parse.ts";
import { buildRoster } from "./roster.ts";
import { sendTestPage } from "./send-test-page.ts";
import { SAMPLE } from "./test-roster.ts";
import { sendWeeklyTestPages } from "./weekly-test-page.ts";

const reaching = { showsUpdates: false, reaches: ["people"], minIntervalMs: 0 } as const;
const destinations: Reach["destinations"] = new Map([
  ["email", reaching],
  ["ntfy", reaching],
]);
const consoleUrl = "http://console.example:4700";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let roster = buildRoster(parseOnCallFile(SAMPLE, "sample.yaml"));
const source = { current: () => roster, state: () => ({ readAt: new Date(), problem: null }) };
const reach: Reach = { destinations, directory: createDirectory(source.current), consoleUrl };

beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
  await bed.database.query("test", "UPDATE migration SET run_on = '2026-02-28T12:00:00Z'");
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});

const at = (text: string) => bed.database.query("test", "UPDATE test_clock SET at = $1", [text]);
/** What two replicas do in a few minutes. */
async function minutes(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const options = { database: bed.database, source, reach, consoleUrl };
    await Promise.all([sendWeeklyTestPages(options), sendWeeklyTestPages(options)]);
    await bed.advance(60_000);
  }
}
const tested = async (): Promise<readonly string[]> =>
  (
    await bed.database.query<{ line: string }>(
      "test",
      `SELECT concat_ws(' ', i.labels ->> 'person', (SELECT string_agg(split_part(d.destination, ':', 1), '+'
         ORDER BY d.destination) FROM delivery d WHERE d.incident_id = i.id)) AS line FROM incident i ORDER BY number`,
    )
  ).rows.map(({ line }) => line);

test("everybody whom an escalation may ask gets one page a week, in working hours, one person at a time", async () => {
  // Sunday noon: the first day of the installation ends at 12:00, and only the platform works.
  await at("2026-03-01T11:58:00Z");
  await minutes(1);
  expect(await tested()).toEqual([]);
  await at("2026-03-01T12:00:00Z");
  await minutes(3);
  expect(await tested()).toEqual(["cyd email"]);
  // Monday, 9:00 in Berlin. Ada was tested by hand an hour ago.
  await at("2026-03-02T07:00:00Z");
  await sendTestPage({ database: bed.database, roster, reach, consoleUrl }, "ada", "bob");
  await at("2026-03-02T08:00:00Z");
  await minutes(1);
  expect(await tested()).toEqual(["cyd email", "ada email+ntfy", "bob email"]);
  await minutes(2);
  expect(await tested()).toHaveLength(3);
  // A week later Cyd's turn has come again, and in the night nobody's.
  await at("2026-03-08T12:01:00Z");
  await minutes(2);
  expect((await tested()).slice(3)).toEqual(["cyd email"]);
  await at("2026-03-09T23:00:00Z");
  await minutes(2);
  expect(await tested()).toHaveLength(4);
});

test("a team that wants none gets none", async () => {
  roster = buildRoster(
    parseOnCallFile(SAMPLE.replaceAll("{ title: P", "{ weeklyTestPage: false, title: P"), "sample.yaml"),
  );
  const before = await tested();
  await at("2026-04-01T12:00:00Z");
  await minutes(3);
  expect(await tested()).toEqual(before);
});
