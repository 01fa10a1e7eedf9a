import { expect, test } from "vitest";
import { verifyPassword } from "../password.ts";
import { asOwner, createDirectoryDatabase } from "../test-database.ts";
import { seedDemo } from "./seed.ts";

test("an empty database is seeded once, by one of those that try together", async () => {
  const database = await createDirectoryDatabase();
  const { ownerUrl } = database;
  try {
    const added = await Promise.all([
      seedDemo(ownerUrl, "demo-password"),
      seedDemo(ownerUrl, "demo-password"),
    ]);
    expect(added.sort()).toEqual([0, 2_480]);
    expect(await seedDemo(ownerUrl, "another-password")).toBe(0);
    const rows = await asOwner<{ people: number; hashes: string[] }>(
      database,
      `SELECT count(*)::int AS people, array_agg(DISTINCT password_hash) AS hashes FROM employee GROUP BY tenant_id
       ORDER BY 1 DESC`,
    );
    expect(rows.map(({ people }) => people)).toEqual([1_480, 760, 240]);
    const hashes = rows.flatMap((row) => row.hashes);
    expect(new Set(hashes).size).toBe(3);
    expect(await verifyPassword("demo-password", hashes[0])).toBe(true);
    expect(await asOwner(database, "SELECT FROM audit_log"), "nobody did anything yet").toEqual([]);
    await asOwner(
      database,
      "DELETE FROM employee WHERE id IN (SELECT id FROM employee WHERE role = 'user' LIMIT 1)",
    );
    expect(
      await asOwner(database, "SELECT FROM audit_log"),
      "afterwards everything is written down",
    ).toHaveLength(1);
  } finally {
    await database.drop();
  }
});
