import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { expect, test } from "vitest";
import { migrate } from "./migrate.ts";

const tablesIn = async (url: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  await client.end();
  return rows.map(({ tablename }) => tablename);
};

test("migrations go up, down without a trace and up again, and twice is once", async () => {
  const { url, drop } = await createTestDatabase();
  try {
    expect(await migrate(url)).toEqual(["0001_directory"]);
    const tables = await tablesIn(url);
    expect(tables).toEqual(["employee", "migration", "tenant"]);
    expect(await migrate(url)).toEqual([]);
    expect(await migrate(url, "down")).toEqual(["0001_directory"]);
    expect(await tablesIn(url)).toEqual(["migration"]);
    expect(await migrate(url)).toEqual(["0001_directory"]);
    expect(await tablesIn(url)).toEqual(tables);
  } finally {
    await drop();
  }
});

test("instances that start together wait for one another", async () => {
  const { url, drop } = await createTestDatabase();
  try {
    const runs = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(runs.flat()).toEqual(["0001_directory"]);
  } finally {
    await drop();
  }
});

test("a database that is away is one line that says so", async () => {
  await expect(migrate("postgres://nobody@127.0.0.1:1/nothing")).rejects.toThrow(
    /^Cannot reach the directory's PostgreSQL: .*ECONNREFUSED/,
  );
});
