import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createManualClock } from "@watchkeeper/process/clock";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRandom } from "../demo/random.ts";
import { DEMO_PASSWORD, startTestApp, type TestApp } from "../test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "../test-database.ts";
import { createDirectoryClient } from "./client.ts";
import { type Action, chooseAction } from "./mix.ts";
import { createVisitor, createVisitors, type VisitorDeps } from "./visitor.ts";

let database: DirectoryDatabase;
let app: TestApp;
const clock = createManualClock();

beforeAll(async () => {
  database = await createDirectoryDatabase();
  app = await startTestApp({ database, redisUrl: (await createTestRedis()).url });
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const deps = (): VisitorDeps => ({
  client: createDirectoryClient(app.url),
  password: DEMO_PASSWORD,
  random: createRandom(3),
  clock,
  loginPace: { nextMs: 0 },
});

const visitorNamed = (index: number) => {
  const tenant = app.tenants[2];
  const person = tenant?.employees[index];
  if (!tenant || !person) throw new Error("the demo data lacks somebody");
  return createVisitor(tenant.slug, person, deps(), `198.18.1.${index}`);
};

test("a person logs in before anything else, searches before viewing and reads before updating", async () => {
  const { act } = visitorNamed(10);
  expect(await act("view")).toBe(200);
  const statuses: (number | undefined)[] = [];
  for (const action of ["view", "view", "update", "update", "me", "update"] as const)
    statuses.push(await act(action));
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await act("empty_search")).toBe(200);
  expect(await act("missing_employee")).toBe(404);
  expect(await act("missing_page")).toBe(404);
  expect(await act("logout")).toBe(204);
  expect(await act("me")).toBe(200);
  const updated = await app.ask("/api/me", {
    token: await app.logIn(app.tenants[2]?.employees[10]?.email ?? ""),
  });
  expect(updated.body.employee.version).toBe(3);
});

test("a manager takes on one trainee at a time and lets them go, also one that an earlier run left behind", async () => {
  const people = app.tenants[2]?.employees ?? [];
  const index = people.findIndex(({ role }) => role === "manager");
  const count = async () =>
    (
      await asOwner<{ count: number }>(database, "SELECT count(*)::int FROM employee WHERE title = 'Trainee'")
    )[0]?.count;
  const act = async (visitor: typeof first, ...actions: readonly Action[]) => {
    const statuses: number[] = [];
    for (const action of actions) statuses.push(await visitor.act(action));
    return statuses;
  };
  const first = visitorNamed(index);
  expect(await act(first, "me", "dismiss", "hire", "hire")).toEqual([200, 200, 201, 200]);
  expect(await count()).toBe(1);
  expect(await act(first, "dismiss", "hire"), "not at once again").toEqual([204, 200]);
  expect(await count()).toBe(0);
  await clock.advance(20 * 60_000);
  expect(await act(first, "hire")).toEqual([201]);
  const second = visitorNamed(index);
  expect(await act(second, "me", "hire", "dismiss")).toEqual([200, 409, 204]);
  expect(await count()).toBe(0);
  const [user] = [visitorNamed(people.findIndex(({ role }) => role === "user"))];
  expect(await act(user, "me", "hire", "dismiss", "list", "list", "chart")).toEqual([
    200, 200, 200, 200, 200, 200,
  ]);
});

test("however often a person is to mistype the password, the directory never locks the person out", async () => {
  const { act } = visitorNamed(11);
  const statuses = new Map<number | undefined, number>();
  for (let minute = 0; minute < 15; minute++) {
    for (let i = 0; i < 3; i++) {
      const status = await act("wrong_password");
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    await clock.advance(60_000);
  }
  expect([...statuses.keys()].sort()).toEqual([200, 401]);
  expect(statuses.get(401)).toBe(3);
});

test("a person who is told to wait waits", async () => {
  const email = app.tenants[2]?.employees[12]?.email;
  for (let i = 0; i < 5; i++) {
    await app.ask("/api/login", {
      method: "POST",
      address: "192.0.2.7",
      json: { tenant: "copperleaf", email, password: `wrong-${i}` },
    });
  }
  const { act, isReady } = visitorNamed(12);
  expect(isReady()).toBe(true);
  expect(await act("search")).toBe(429);
  expect(isReady()).toBe(false);
  await clock.advance(15 * 60_000);
  expect(isReady()).toBe(true);
});

test("a person does one thing at a time, and people log in one after the other", async () => {
  const shared = deps();
  const [first, second] = createVisitors({ ...shared, tenants: app.tenants });
  const busy = first?.act("me");
  expect([first?.isReady(), second?.isReady()]).toEqual([false, false]);
  expect(await busy).toBe(200);
  expect([first?.isReady(), second?.isReady()]).toEqual([true, false]);
  await clock.advance(1_000);
  expect(second?.isReady()).toBe(true);
});

test("a day's mix on the real app has only the errors that are meant", async () => {
  const random = createRandom(5);
  const visitors = createVisitors({ ...deps(), random, tenants: app.tenants }).slice(0, 6);
  const before = app.lines.length;
  for (let i = 0; i < 400; i++) await random.pick(visitors).act(chooseAction(random));
  const statuses = app.lines
    .slice(before)
    .flatMap(({ metadata }) => (metadata as { status?: number } | undefined)?.status ?? []);
  expect(new Set(statuses)).toEqual(new Set([200, 204, 401, 404]));
  expect(statuses.filter((status) => status >= 400).length / statuses.length).toBeLessThan(0.08);
  const families = parseExposition(await app.metrics.registry.metrics());
  const hits = families.find(({ name }) => name === "cache_hits_total")?.samples ?? [];
  expect(hits.find(({ labels }) => labels.cache === "session")?.value).toBeGreaterThan(300);
  expect(hits.every(({ value }) => value > 0)).toBe(true);
}, 60_000);

test("without a directory the reason is what the system says", async () => {
  const client = createDirectoryClient("http://127.0.0.1:1");
  await expect(client({ path: "/" })).rejects.toThrow(/ECONNREFUSED|bad port/);
});

test("the people are the same for the same seed and come from every tenant", () => {
  const visitors = createVisitors({ ...deps(), tenants: app.tenants });
  expect(visitors).toHaveLength(60);
});
