import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { loadFigures } from "../usage/figures.ts";
import { seedDemoHistory } from "./seed.ts";

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

test("tenants whose addresses belong to nobody get a past, once, marked as made up; others get none", async () => {
  await expect(seedDemoHistory(bed.database, "UTC")).rejects.toThrow("its tenants are not there yet");
  await bed.addTenant("demo", 120, "demo.example");
  const real = await bed.addTenant("real", 30, "company.test");
  const { seeded, events } = await seedDemoHistory(bed.database, "UTC");
  expect(seeded).toBe(true);
  expect(await seedDemoHistory(bed.database, "UTC")).toEqual({ seeded: false, events: 0 });
  expect(await bed.rows("SELECT count(*)::int AS n FROM usage_event")).toEqual([{ n: events }]);
  expect(await bed.rows("SELECT FROM usage_event WHERE tenant_id = $1", [real.id])).toHaveLength(0);
  expect(await bed.rows("SELECT FROM usage_batch WHERE counted_at IS NULL")).toHaveLength(0);
  expect(await bed.rows("SELECT FROM usage_event WHERE at > now()")).toHaveLength(0);
  const days = await bed.rows<{ n: number }>(
    "SELECT count(DISTINCT day)::int AS n FROM collector.person_day",
  );
  expect(days[0]?.n).toBeGreaterThan(50);
  const figures = await loadFigures(bed.database);
  expect(figures.demo).toBe(true);
  expect(figures.people.month).toBeGreaterThan(60);
  expect(figures.people.month).toBeLessThanOrEqual(120);
  expect(figures.nps.responses).toBeGreaterThan(80);
  expect(figures.tickets.opened).toBeGreaterThan(10);
  // Working days are busier than weekends, as in life.
  const [shape] = await bed.rows<{ work: number; rest: number }>(
    `SELECT (count(*) FILTER (WHERE extract(isodow FROM day) < 6) / 5)::int AS work,
       (count(*) FILTER (WHERE extract(isodow FROM day) > 5) / 2)::int AS rest FROM collector.person_day`,
  );
  expect(shape?.work).toBeGreaterThan(3 * (shape?.rest ?? 0));
});
