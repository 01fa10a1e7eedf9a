import { createLog } from "@watchkeeper/process/log";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { expect, test } from "vitest";
import { isAway } from "./away.ts";
import { migrate } from "./migrate.ts";

const log = createLog("pager", "silent");
const failureOf = (url: string): Promise<unknown> =>
  migrate(url, log).then(
    () => undefined,
    (error: unknown) => error,
  );

test("a server that nobody reaches is away; one that refuses us is not", async () => {
  expect(isAway(await failureOf("postgres://pager:pw@127.0.0.1:1/pager"))).toBe(true);
  expect(isAway(await failureOf("postgres://pager:pw@localhost:1/pager"))).toBe(true);
  const database = await createTestDatabase();
  try {
    const url = new URL(database.url);
    url.pathname = "/no-such-database";
    const refused = await failureOf(url.href);
    expect(String(refused)).toContain('database "no-such-database" does not exist');
    expect(isAway(refused)).toBe(false);
  } finally {
    await database.drop();
  }
});

test.each(["57P03", "57P01", "53300", "08006"])("SQLSTATE %s is a server that is away", (code) => {
  expect(isAway(Object.assign(new Error("the database system is starting up"), { code }))).toBe(true);
});

test("a mistake in a migration does not mend itself", () => {
  expect(isAway(Object.assign(new Error("syntax error"), { code: "42601" }))).toBe(false);
  expect(isAway(new Error("Not run migration 0003 is preceding already run migration 0010"))).toBe(false);
  expect(isAway("away")).toBe(false);
});
