import { execFileSync } from "node:child_process";
import { Client } from "pg";
import { createClient } from "redis";
import { expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { createTestDatabase } from "./postgres.ts";
import { createTestRedis } from "./redis.ts";
import { toolPath } from "./tools.ts";

test("a test database is a real, empty PostgreSQL 15 database with the extensions that we need", async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(
    "select current_setting('server_version') as version, lower('ÅÉ') as lower",
  );
  await client.query("create extension pg_trgm");
  await client.query("create extension pg_stat_statements");
  await client.end();
  await database.drop();
  expect(rows).toEqual([{ version: expect.stringMatching(/^15\./), lower: "åé" }]);
});

test("two test Redis databases do not see each other's keys", async () => {
  const [one, other] = [await createTestRedis(), await createTestRedis()];
  const first = await createClient({ url: one.url }).connect();
  const second = await createClient({ url: other.url }).connect();
  await first.set("key", "value");
  expect(await second.get("key")).toBeNull();
  first.destroy();
  second.destroy();
  await one.clear();
});

test("the tools run and say their version", () => {
  expect(execFileSync(toolPath("promtool"), ["--version"]).toString()).toContain("promtool, version 2.");
});

test("the browser draws a page", async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.setContent("<h1>It works</h1>");
  expect(await page.textContent("h1")).toBe("It works");
  await browser.close();
}, 120_000);
