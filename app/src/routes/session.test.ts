import { SESSION_EXPIRIES_KEY } from "@watchkeeper/catalogue/names";
import { parseExposition } from "@watchkeeper/exporters/exposition";
import { createManualClock, type ManualClock } from "@watchkeeper/process/clock";
import { until } from "@watchkeeper/testing/poll";
import { createTestRedis } from "@watchkeeper/testing/redis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DemoEmployee } from "../demo/people.ts";
import { createSessions } from "../session.ts";
import { DEMO_PASSWORD, startTestApp, type TestAnswer, type TestApp } from "../test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "../test-database.ts";

const HOUR_MS = 3_600_000;

let database: DirectoryDatabase;
let redis: Awaited<ReturnType<typeof createTestRedis>>;
let app: TestApp;
let clock: ManualClock;
let people: readonly DemoEmployee[];
let next = 0;

beforeAll(async () => {
  database = await createDirectoryDatabase();
  redis = await createTestRedis();
  clock = createManualClock(1_000_000);
  app = await startTestApp({ database, redisUrl: redis.url, clock });
  people = app.tenants[0]?.employees ?? [];
});
beforeEach(() => redis.clear());
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

/** Somebody whom no other test has used. */
const somebody = (): string => people[next++]?.email ?? "";

/** Everybody comes from an address of their own unless a test says otherwise. */
let host = 0;
const elsewhere = (): string => `10.0.${++host >> 8}.${host & 255}`;

const logIn = (
  email: string,
  password = DEMO_PASSWORD,
  tenant = "northlight",
  address = elsewhere(),
): Promise<TestAnswer> =>
  app.ask("/api/login", { method: "POST", json: { tenant, email, password }, address });

const attempts = async (): Promise<Record<string, number>> => {
  const families = parseExposition(await app.metrics.registry.metrics());
  const family = families.find(({ name }) => name === "auth_login_attempts_total");
  return Object.fromEntries(family?.samples.map(({ labels, value }) => [labels.login_result, value]) ?? []);
};

test("the right password opens a session, for browsers as a cookie and for programs as a token", async () => {
  const email = somebody();
  const answer = await logIn(` ${email.toUpperCase()} `);
  expect(answer).toMatchObject({
    status: 200,
    body: { token: expect.any(String), expiresInSeconds: 28_800 },
  });
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^directory_session=[\w-]{43}; Max-Age=28800; Path=\/; .*HttpOnly; SameSite=Lax$/);
  const byToken = await app.ask("/api/me", { token: answer.body.token });
  const byCookie = await app.ask("/api/me", { headers: { cookie: cookie.split(";")[0] ?? "" } });
  expect(byToken.body).toMatchObject({ tenant: { slug: "northlight" }, employee: { email } });
  expect(byCookie.body).toEqual(byToken.body);
});

test("a wrong password, an unknown person and an unknown tenant get the same answer", async () => {
  const answers = [
    await logIn(somebody(), "wrong-password"),
    await logIn("nobody@northlight.example"),
    await logIn(somebody(), DEMO_PASSWORD, "nowhere"),
    await logIn(somebody(), DEMO_PASSWORD, "tidewater"),
  ];
  const { requestId: _, ...problem } = answers[0]?.body ?? {};
  expect(problem.code).toBe("invalid_credentials");
  for (const { status, body } of answers) {
    const { requestId: _, ...same } = body;
    expect({ status, same }).toEqual({ status: 401, same: problem });
  }
});

test("an unknown person costs the same password check as a known one", async () => {
  const time = async (email: string): Promise<number> => {
    const start = process.cpuUsage();
    await logIn(email, "wrong-password");
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  await time(somebody());
  const known = [await time(somebody()), await time(somebody()), await time(somebody())].sort(
    (a, b) => a - b,
  );
  const unknown = [await time("a@x.example"), await time("b@x.example"), await time("c@x.example")].sort(
    (a, b) => a - b,
  );
  const ratio = (unknown[1] ?? 0) / (known[1] ?? 1);
  expect(ratio).toBeGreaterThan(0.4);
  expect(ratio).toBeLessThan(2.5);
});

test("after five failures the right password is refused too, for that person only", async () => {
  const email = somebody();
  const before = await attempts();
  for (let i = 0; i < 5; i++) expect((await logIn(email, `wrong-${i}`)).status).toBe(401);
  const refused = await logIn(email);
  expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  const retryAfter = Number(refused.headers.get("retry-after"));
  expect(retryAfter).toBeGreaterThan(14 * 60);
  expect(retryAfter).toBeLessThanOrEqual(15 * 60);
  expect((await logIn(somebody())).status).toBe(200);
  const after = await attempts();
  const grown = Object.entries(after).map(([result, count]) => [result, count - (before[result] ?? 0)]);
  expect(Object.fromEntries(grown)).toEqual({
    success: 1,
    invalid_credentials: 5,
    rate_limited: 1,
    sso_error: 0,
    error: 0,
  });
});

test("after five failures from one address nobody signs in from there, and everybody from elsewhere", async () => {
  const address = elsewhere();
  for (let i = 0; i < 5; i++) {
    expect((await logIn(somebody(), "wrong-password", "northlight", address)).status).toBe(401);
  }
  const email = somebody();
  const refused = await logIn(email, DEMO_PASSWORD, "northlight", address);
  expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(14 * 60);
  expect((await logIn(email)).status).toBe(200);
});

test("an office signs in through one address at once", async () => {
  const address = elsewhere();
  const logins = Array.from({ length: 10 }, () => logIn(somebody(), DEMO_PASSWORD, "northlight", address));
  expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(Array(10).fill(200));
});

test("an address that no proxy of ours has named does not count", async () => {
  const email = somebody();
  const forwarded = `${elsewhere()}, 203.0.113.7`;
  for (let i = 0; i < 5; i++)
    await logIn(somebody(), "wrong-password", "northlight", `198.51.100.${i}, 203.0.113.7`);
  expect((await logIn(email, DEMO_PASSWORD, "northlight", forwarded)).status).toBe(429);
});

test("guesses that are sent together are limited as if they came one by one", async () => {
  const email = somebody();
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => logIn(email, `guess-${i}`)));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429, 429, 429, 429]);
});

test("a flood of logins is turned away instead of queueing up, and nobody is locked out by it", async () => {
  const everybody = Array.from({ length: 40 }, somebody);
  const answers = await Promise.all(everybody.map((email) => logIn(email)));
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.body.code).toBe("busy");
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(16);
  const keys = await app.redis.ask((client) => client.keys("directory:limit:login-account:*"));
  expect(keys).toHaveLength(40);
  expect(new Set(await app.redis.ask((client) => client.mGet(keys)))).toEqual(new Set(["0"]));
});

test("logins that succeed are never limited", async () => {
  const email = somebody();
  for (let i = 0; i < 7; i++) expect((await logIn(email)).status).toBe(200);
});

test("a session ends with the logout", async () => {
  const token = await app.logIn(somebody());
  expect((await app.ask("/api/me", { token })).status).toBe(200);
  const answer = await app.ask("/api/logout", { method: "POST", token });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("set-cookie")).toContain("Expires=Thu, 01 Jan 1970");
  const refused = await app.ask("/api/me", { token });
  expect(refused).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
});

test("all sessions of a person end together, and nobody else's", async () => {
  const [email, other] = [somebody(), somebody()];
  const tokens = [await app.logIn(email), await app.logIn(email)];
  const others = await app.logIn(other);
  const { body } = await app.ask("/api/me", { token: tokens[0] ?? "" });
  await createSessions(app.redis, clock, { hit: () => {}, miss: () => {} }).endAll(body.employee.id);
  for (const token of tokens) expect((await app.ask("/api/me", { token })).status).toBe(401);
  expect((await app.ask("/api/me", { token: others })).status).toBe(200);
  const count = await app.redis.ask((client) => client.zCard(SESSION_EXPIRIES_KEY));
  expect(count).toBe(1);
});

const NEW_PASSWORD = "a new and longer password";

const changePassword = (token: string, currentPassword: string, newPassword = NEW_PASSWORD) =>
  app.ask("/api/me/password", {
    method: "POST",
    token,
    json: { currentPassword, newPassword },
    address: elsewhere(),
  });

test("a person changes the own password: all sessions end, a new one begins, and the audit log has no word of it", async () => {
  const [email, other] = [somebody(), somebody()];
  const tokens = [await app.logIn(email), await app.logIn(email)];
  const others = await app.logIn(other);
  const answer = await changePassword(tokens[0] ?? "", DEMO_PASSWORD);
  expect(answer).toMatchObject({ status: 200, body: { expiresInSeconds: 28_800 } });
  expect(answer.headers.get("set-cookie")).toContain(answer.body.token);
  for (const token of tokens) expect((await app.ask("/api/me", { token })).status).toBe(401);
  expect((await app.ask("/api/me", { token: others })).status).toBe(200);
  const me = await app.ask("/api/me", { token: answer.body.token });
  expect(me.body.employee.email).toBe(email);
  expect((await logIn(email)).status).toBe(401);
  expect((await logIn(email, NEW_PASSWORD)).status).toBe(200);
  const entries = await asOwner<{ actor_id: string; version: number; changes: object }>(
    database,
    "SELECT actor_id, version, changes FROM audit_log WHERE entity_id = $1",
    [me.body.employee.id],
  );
  expect(entries).toEqual([
    {
      actor_id: me.body.employee.id,
      version: me.body.employee.version,
      changes: { password: { from: "hidden", to: "hidden" } },
    },
  ]);
});

test("without the current password nothing changes, and guesses at it count as guesses at the door", async () => {
  const email = somebody();
  const token = await app.logIn(email);
  for (let i = 0; i < 5; i++) {
    expect(await changePassword(token, `wrong-${i}`)).toMatchObject({
      status: 403,
      body: { code: "wrong_password" },
    });
  }
  expect(await changePassword(token, DEMO_PASSWORD)).toMatchObject({
    status: 429,
    body: { code: "rate_limited" },
  });
  expect((await app.ask("/api/me", { token })).status).toBe(200);
  expect((await logIn(email)).status, "the door is closed too").toBe(429);
  await redis.clear();
  expect((await logIn(email)).status).toBe(200);
});

test.each([
  ["too short", "short"],
  ["the same", DEMO_PASSWORD],
  ["too long", "x".repeat(201)],
])("a new password that is %s is refused by its field", async (_what, newPassword) => {
  const token = await app.logIn(somebody());
  const { status, body } = await changePassword(token, DEMO_PASSWORD, newPassword);
  expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, "invalid_input", "newPassword"]);
});

test("of two changes of one password at once, one wins", async () => {
  const email = somebody();
  const tokens = [await app.logIn(email), await app.logIn(email)];
  const wanted = ["the first new password", "the second new password"];
  const answers = await Promise.all(
    tokens.map((token, i) => changePassword(token, DEMO_PASSWORD, wanted[i])),
  );
  const won = answers.map(({ status }) => status === 200);
  expect(won.filter(Boolean)).toHaveLength(1);
  const works = await Promise.all(
    wanted.map(async (password) => (await logIn(email, password)).status === 200),
  );
  expect(works).toEqual(won);
});

test("a session that has expired opens nothing", async () => {
  const token = await app.logIn(somebody());
  await app.redis.ask(async (client) => {
    for (const key of await client.keys("directory:session:*")) await client.pExpire(key, 1);
  });
  const gone = async () => ((await app.ask("/api/me", { token })).status === 401 ? true : undefined);
  expect(await until("the session to expire", gone)).toBe(true);
});

test.each(["", "x", "A".repeat(43), "../../etc/passwd", "*"])("the token %j opens nothing", async (token) => {
  expect((await app.ask("/api/me", { token })).status).toBe(401);
});

test("Redis holds hashes of tokens, and one expiry per live session that later logins prune", async () => {
  const members = () => app.redis.ask((client) => client.zRangeWithScores(SESSION_EXPIRIES_KEY, 0, -1));
  const token = await app.logIn(somebody());
  expect(await members()).toEqual([{ value: expect.any(String), score: clock.now() + 8 * HOUR_MS }]);
  const keys = await app.redis.ask((client) => client.keys("*"));
  expect(JSON.stringify([keys, await members()])).not.toContain(token);
  const [key = ""] = keys.filter((name) => name.startsWith("directory:session:"));
  const ttlMs = await app.redis.ask((client) => client.pTTL(key));
  expect(ttlMs).toBeGreaterThan(7.9 * HOUR_MS);
  expect(ttlMs).toBeLessThanOrEqual(8 * HOUR_MS);

  await clock.advance(9 * HOUR_MS);
  await app.logIn(somebody());
  expect(await members()).toEqual([{ value: expect.any(String), score: clock.now() + 8 * HOUR_MS }]);
});
