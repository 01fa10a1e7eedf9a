import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { expect, test } from "vitest";
import { createDatabase } from "../database.ts";
import { migrate } from "../migrate.ts";
import { verifyPassword } from "../password.ts";
import { seedDemo } from "./seed.ts";

test("an empty database is seeded once, by one of those that try together", async () => {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase(url, createMetrics(), createLog("app", "silent"));
  try {
    await migrate(url);
    const added = await Promise.all([
      seedDemo(database, "demo-password"),
      seedDemo(database, "demo-password"),
    ]);
    expect(added.sort()).toEqual([0, 2_480]);
    expect(await seedDemo(database, "another-password")).toBe(0);
    const { rows } = await database.query<{ people: number; hashes: string[] }>(
      "test",
      `SELECT count(*)::int AS people, array_agg(DISTINCT password_hash) AS hashes FROM employee GROUP BY tenant_id
       ORDER BY 1 DESC`,
    );
    expect(rows.map(({ people }) => people)).toEqual([1_480, 760, 240]);
    const hashes = rows.flatMap((row) => row.hashes);
    expect(new Set(hashes).size).toBe(3);
    expect(await verifyPassword("demo-password", hashes[0])).toBe(true);
  } finally {
    await database.close();
    await drop();
  }
});
