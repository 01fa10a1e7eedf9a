import { createLog } from "@watchkeeper/process/log";
import { startAlertmanager, type TestAlertmanager } from "@watchkeeper/testing/alertmanager";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createAlertmanager, settleWindows } from "./silences.ts";
import { addWindow, listWindows, type MaintenanceWindow, withdrawWindow } from "./windows.ts";

let alertmanager: TestAlertmanager;
let url: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
const log = createLog("pager", "silent");

/** Alertmanager's clock is real, so the database's is set to the same. */
const HOUR_MS = 3_600_000;
const soon = new Date(Date.now() + HOUR_MS);
const later = new Date(Date.now() + 2 * HOUR_MS);

beforeAll(async () => {
  alertmanager = await startAlertmanager("route: { receiver: none }\nreceivers: [{ name: none }]\n");
  url = alertmanager.url;
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
  await bed.database.query("test", "UPDATE test_clock SET at = $1", [new Date()]);
});
afterAll(async () => {
  await alertmanager.close();
  await bed.close();
  await database.drop();
});

const settle = (): Promise<void> => settleWindows(bed.database, [createAlertmanager(url)], log);
const plan = (
  title: string,
  matchers = [{ name: "service", value: "shop", isRegex: false, isEqual: true }],
) => addWindow(bed.database, { title, matchers, from: soon, to: later, createdBy: "ada" });
const windowOf = async ({ id }: MaintenanceWindow): Promise<MaintenanceWindow | undefined> =>
  (await listWindows(bed.database, new Date(0))).find((one) => one.id === id);

interface Silence {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly matchers: readonly object[];
  readonly status: { readonly state: string };
}
const silences = async (title: string): Promise<readonly Silence[]> =>
  ((await (await fetch(`${url}/api/v2/silences`)).json()) as Silence[]).filter(
    ({ comment, status }) => comment.startsWith(title) && status.state !== "expired",
  );

test("a window is one silence in a real Alertmanager, however often and from how many replicas it is told", async () => {
  const window = await plan("Move");
  await Promise.all([settle(), settle(), settle()]);
  await settle();
  expect(await silences("Move")).toMatchObject([
    {
      createdBy: "ada",
      startsAt: soon.toISOString(),
      endsAt: later.toISOString(),
      matchers: [{ name: "service", value: "shop", isRegex: false, isEqual: true }],
    },
  ]);
  expect(await windowOf(window)).toMatchObject({ state: "planned", settled: true, reason: null });
  await withdrawWindow(bed.database, window.id, "bob");
  await settle();
  expect(await silences("Move")).toEqual([]);
  expect(await windowOf(window)).toMatchObject({ state: "withdrawn", settled: true });
});

test("an answer that was lost makes no second silence", async () => {
  const window = await plan("Lost");
  const real = createAlertmanager(url);
  const cut = {
    call: async (method: "GET" | "POST" | "DELETE", path: string, body?: object) => {
      const answer = await real.call(method, path, body);
      if (method === "POST") throw new Error("socket hang up");
      return answer;
    },
  };
  await settleWindows(bed.database, [cut], log);
  expect(await windowOf(window)).toMatchObject({ settled: false, reason: "socket hang up" });
  await settle();
  expect(await silences("Lost")).toHaveLength(1);
  expect(await windowOf(window)).toMatchObject({ settled: true });
});

test("a window waits for an Alertmanager that is away, and one that lost its silences gets them back", async () => {
  await alertmanager.kill();
  const window = await plan("Away");
  await settle();
  expect(await windowOf(window)).toMatchObject({
    settled: false,
    reason: expect.stringContaining("fetch failed"),
  });
  await alertmanager.start();
  await settle();
  expect(await silences("Away")).toHaveLength(1);
  await alertmanager.kill();
  alertmanager.forget();
  await alertmanager.start();
  expect(await silences("Away")).toEqual([]);
  await settle();
  expect(await silences("Away")).toHaveLength(1);
});

test("what Alertmanager refuses is said beside the window, and holds up no other", async () => {
  const wrong = await plan("Wrong", [{ name: "service", value: "(", isRegex: true, isEqual: true }]);
  const right = await plan("Right");
  await settle();
  expect(await windowOf(wrong)).toMatchObject({
    settled: false,
    reason: expect.stringContaining("Alertmanager answers 400"),
  });
  expect(await windowOf(right)).toMatchObject({ settled: true });
});
