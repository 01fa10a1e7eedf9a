import { readFile, stat } from "node:fs/promises";
import { createManualClock } from "@watchkeeper/process/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestConsole, type TestConsole } from "../test-rig.ts";
import { SESSION_MS } from "./session.ts";

const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
let web: TestConsole;

beforeEach(async () => {
  web = await startTestConsole({ clock });
});
afterEach(() => web.close());

const get = (path: string, cookie = ""): Promise<Response> =>
  fetch(web.url + path, { redirect: "manual", headers: { cookie } });

const readToken = async (): Promise<string> => (await readFile(web.tokenFile, "utf8")).trim();

test("the token lies in a file that only its owner can read", async () => {
  expect((await stat(web.tokenFile)).mode & 0o777).toBe(0o600);
  expect(await readToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("the token signs in once, sets a cookie for 30 days and is replaced at once", async () => {
  const token = await readToken();
  const answer = await get(`/login?token=${token}`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/");
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(
    /^watchkeeper_session=\d+\.[\w-]{43}; Max-Age=2592000; Path=\/; .*HttpOnly; SameSite=Lax$/,
  );
  expect((await stat(web.tokenFile)).mode & 0o777).toBe(0o600);
  expect(await readToken()).not.toBe(token);
  expect((await get("/", cookie.split(";")[0])).status).toBe(200);

  const again = await get(`/login?token=${token}`);
  expect(again.status).toBe(403);
  expect(await again.text()).toContain("<code>npm run status</code>");
});

test("of two requests with the same token at the same time one is let in", async () => {
  const token = await readToken();
  const answers = await Promise.all([get(`/login?token=${token}`), get(`/login?token=${token}`)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
});

test("behind https the cookie is only sent over https", async () => {
  await web.close();
  web = await startTestConsole({ settings: { publicUrl: "https://watch.example.com" } });
  const answer = await get(`/login?token=${await readToken()}`);
  expect(answer.headers.get("set-cookie")).toContain("; Secure;");
});

test.each(["", "?token=", "?token=wrong", "?token=a&token=b"])("/login%s is refused", async (query) => {
  expect((await get(`/login${query}`)).status).toBe(403);
});

test("failures are limited to ten a minute, and a right token still works then", async () => {
  for (let i = 0; i < 10; i++) expect((await get("/login?token=wrong")).status).toBe(403);
  const limited = await get("/login?token=wrong");
  expect(limited.status).toBe(429);
  expect(limited.headers.get("retry-after")).toBe("60");
  expect(await web.signIn()).not.toBe("");
  await clock.advance(60_000);
  expect((await get("/login?token=wrong")).status).toBe(403);
});

test("without a session pages answer 401 and say how to get one, the API answers 401 as JSON", async () => {
  for (const path of [
    "/",
    "/boards/overview",
    "/incidents",
    "/incidents/1",
    "/runbooks/ServiceDown",
    "/nowhere",
  ]) {
    const answer = await get(path);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("<code>npm run status</code>");
  }
  const api = await get("/api/overview");
  expect(api.status).toBe(401);
  expect(await api.json()).toMatchObject({ error: { code: "unauthorized" } });
});

test("where it runs in containers, it names the command that signs in there", async () => {
  await web.close();
  web = await startTestConsole({ settings: { signInCommand: "./stack.sh prod sign-in" } });
  expect(await (await get("/")).text()).toContain("<code>./stack.sh prod sign-in</code>");
});

test("a cookie that was changed anywhere is no session", async () => {
  const cookie = await web.signIn();
  const [name = "", value = ""] = cookie.split("=", 2);
  const [end = "", signature = ""] = value.split(".");
  const isLetIn = async (changed: string): Promise<boolean> =>
    (await get("/", `${name}=${changed}`)).status !== 401;
  expect(await isLetIn(value)).toBe(true);
  expect(await isLetIn(`${Number(end) + 1}.${signature}`)).toBe(false);
  expect(await isLetIn(`${end}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`)).toBe(false);
  expect(await isLetIn(`${end}.`)).toBe(false);
  expect(await isLetIn(`${end}`)).toBe(false);
  expect(await isLetIn(`${value}.x`)).toBe(false);
  expect(await isLetIn("")).toBe(false);
});

test("a session ends after 30 days, and with its secret", async () => {
  const cookie = await web.signIn();
  await clock.advance(SESSION_MS - 1);
  expect((await get("/", cookie)).status).toBe(200);
  await clock.advance(1);
  expect((await get("/", cookie)).status).toBe(401);

  const fresh = await web.signIn();
  await web.close();
  web = await startTestConsole({
    clock,
    settings: { sessionSecret: "another secret of thirty-two characters" },
  });
  expect((await get("/", fresh)).status).toBe(401);
});

test("a session survives a restart", async () => {
  const cookie = await web.signIn();
  await web.close();
  web = await startTestConsole({ clock });
  expect((await get("/", cookie)).status).toBe(200);
});

test("signing out takes the cookie away", async () => {
  const answer = await fetch(`${web.url}/logout`, { method: "POST" });
  expect(answer.headers.get("set-cookie")).toMatch(
    /^watchkeeper_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
  );
});
