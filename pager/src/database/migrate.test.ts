import { createLog } from "@watchkeeper/process/log";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { expect, test } from "vitest";
import { migrate } from "./migrate.ts";

const log = createLog("pager", "silent");

test("the schema goes up, down without leaving anything behind, and up again; replicas wait for each other", async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const things = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
       UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
    );
    return rows.map(({ name }) => name).filter((name) => !name.startsWith("migration"));
  };
  try {
    await Promise.all([migrate(database.url, log), migrate(database.url, log)]);
    const up = await things();
    expect(up).toContain("delivery");
    await migrate(database.url, log, "down");
    expect(await things()).toEqual([]);
    await migrate(database.url, log);
    expect(await things()).toEqual(up);
  } finally {
    await client.end();
    await database.drop();
  }
});

test("a database that is away is one line that says so", async () => {
  await expect(migrate("postgres://pager:pw@127.0.0.1:1/pager", log)).rejects.toThrow(
    "Cannot prepare the pager's database: connect ECONNREFUSED 127.0.0.1:1",
  );
});
