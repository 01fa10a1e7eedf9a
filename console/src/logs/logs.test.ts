import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Settings } from "../settings.ts";
import { startTestConsole, type TestConsole } from "../test-rig.ts";
import { readNewest } from "./tail.ts";

let folder: string;
let web: TestConsole | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "watchkeeper-logs-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await web?.close();
  web = undefined;
});

async function get(path: string, settings: Partial<Settings> = {}): Promise<Response> {
  web = await startTestConsole({ settings });
  const cookie = await web.signIn();
  return fetch(web.url + path, { headers: { cookie }, redirect: "manual" });
}

test("the newest lines of a service are shown, the newest first, and do nothing but show text", async () => {
  await writeFile(
    join(folder, "app.log"),
    '{"message":"earlier"}\n{"message":"<script>alert(1)</script>"}\n',
  );
  const answer = await get("/logs/app", { logsDir: folder });
  const page = await answer.text();
  expect(page).toContain("Log of Company Directory");
  expect(page).not.toContain("<script>alert(1)");
  expect(page.indexOf("&lt;script&gt;alert(1)")).toBeLessThan(page.indexOf("earlier"));
  expect(page).toContain('data-value="2"');
});

test("where Loki has the lines, the link leads to Grafana; not for a service that sends none there", async () => {
  await writeFile(join(folder, "redis.log"), "ready\n");
  const places = { logsDir: folder, grafanaUrl: "https://grafana.example" };
  const answer = await get("/logs/pager", places);
  expect(answer.status).toBe(302);
  const address = new URL(answer.headers.get("location") ?? "");
  expect(address.origin + address.pathname).toBe("https://grafana.example/explore");
  expect(JSON.parse(address.searchParams.get("panes") ?? "").lines).toMatchObject({
    datasource: "loki",
    queries: [{ expr: '{service="pager"}' }],
  });
  await web?.close();
  expect(await (await get("/logs/redis", places)).text()).toContain("ready");
});

test("a console that does not know where logs are says so", async () => {
  expect(await (await get("/logs/app")).text()).toContain("WATCHKEEPER_CONSOLE_GRAFANA_URL");
});

test.each(["/logs/nobody", "/logs/..%2Fsecret", "/logs/constructor"])("%s is no log", async (path) => {
  expect((await get(path, { logsDir: folder })).status).toBe(404);
});

test("a service that has written nothing has no lines", async () => {
  expect(await (await get("/logs/inbox", { logsDir: folder })).text()).toContain("There are no lines in");
});

test("of a long log the end alone is read, whole lines of it", async () => {
  const file = join(folder, "long.log");
  await writeFile(file, Array.from({ length: 1_000 }, (_, i) => `line ${i}\n`).join(""));
  expect(await readNewest(file, { lines: 2, bytes: 1_000 })).toEqual(["line 999", "line 998"]);
  expect(await readNewest(file, { lines: 1_000, bytes: 30 })).toEqual(["line 999", "line 998", "line 997"]);
});
