import { labels } from "@watchkeeper/catalogue/labels";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";
import { createMetrics } from "./metrics.ts";
import { exportTenants, NAMED_AT_ONCE, REST_MS, TERM_MS } from "./tenant.ts";

function start() {
  const metrics = createMetrics();
  const clock = { ms: 0 };
  const tenants = exportTenants(metrics, () => clock.ms);
  const counts = async (): Promise<Map<string, number>> => {
    const families = parseExposition(await metrics.registry.metrics());
    const samples = families.flatMap((family) => family.samples);
    return new Map(
      samples
        .filter(({ name }) => name === "tenant_requests_total")
        .map(({ labels, value }) => [`${labels.tenant} ${labels.request_result}`, value]),
    );
  };
  const visit = (tenant: string, times = 1): void => {
    for (let i = 0; i < times; i++) tenants.count(tenant, 200, 0.01);
  };
  return { tenants, clock, counts, visit, metrics };
}

const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((a, b) => a + b, 0);

test("requests are counted by tenant and by whether the answer was an error of ours, and timed", async () => {
  const { tenants, counts, metrics } = start();
  tenants.count("northlight", 200, 0.04);
  tenants.count("northlight", 404, 0.3);
  tenants.count("northlight", 503, 0.01);
  expect(await counts()).toEqual(
    new Map([
      ["other ok", 0],
      ["other error", 0],
      ["northlight ok", 2],
      ["northlight error", 1],
    ]),
  );
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/tenant_request_duration_seconds_bucket\{.*le="0.05".*\} 2\n/);
});

test("a large newcomer takes the place of the smallest, which keeps its series as it is", async () => {
  const { clock, counts, visit } = start();
  for (let i = 0; i < NAMED_AT_ONCE; i++) visit(`early-${i}`, 10 + i);
  visit("newcomer", 1_000);
  expect((await counts()).get("newcomer ok")).toBeUndefined();
  expect((await counts()).get("other ok")).toBe(1_000);
  clock.ms += TERM_MS;
  visit("newcomer", 5);
  visit("early-0", 7);
  const after = await counts();
  expect(after.get("newcomer ok")).toBe(5);
  expect(after.get("early-0 ok")).toBe(10);
  expect(after.get("other ok")).toBe(1_007);
});

test("who comes back goes on from where it rested", async () => {
  const { clock, counts, visit } = start();
  for (let i = 0; i < NAMED_AT_ONCE; i++) visit(`early-${i}`, 10 + i);
  visit("newcomer", 1_000);
  clock.ms += TERM_MS;
  visit("early-0", 2_000);
  clock.ms += TERM_MS;
  visit("early-0", 1);
  expect((await counts()).get("early-0 ok")).toBe(11);
});

test("a flood of names seen once each gets no series and does not hide a large newcomer", async () => {
  const { clock, counts, visit } = start();
  for (let i = 0; i < NAMED_AT_ONCE; i++) visit(`early-${i}`, 50);
  for (let i = 0; i < 100_000; i++) {
    visit(`noise-${i}`);
    if (i % 50 === 0) visit("newcomer");
  }
  clock.ms += TERM_MS;
  visit("newcomer");
  const after = await counts();
  expect(after.get("newcomer ok")).toBe(1);
  expect([...after.keys()].filter((key) => key.startsWith("noise"))).toEqual([]);
  expect(sumOf(after)).toBe(50 * NAMED_AT_ONCE + 100_000 + 2_000 + 1);
});

test("a series ends only when its place is needed, an hour after its last change", async () => {
  const { clock, counts, visit } = start();
  for (let i = 0; i < NAMED_AT_ONCE; i++) visit(`early-${i}`, 2);
  for (let wave = 0; wave < NAMED_AT_ONCE; wave++) visit(`wave-${wave}`, 1_000 + wave);
  clock.ms += TERM_MS;
  for (let wave = 0; wave < NAMED_AT_ONCE; wave++) visit(`wave-${wave}`);
  expect((await counts()).get("early-0 ok")).toBe(2);
  visit("late", 100_000);
  clock.ms += TERM_MS;
  visit("late");
  expect((await counts()).get("late ok")).toBeUndefined();
  clock.ms += REST_MS;
  visit("late", 2);
  const after = await counts();
  expect(after.get("late ok")).toBe(2);
  expect([...after.keys()].filter((key) => key.startsWith("early"))).toHaveLength(NAMED_AT_ONCE - 1);
});

test("whoever comes and goes, sums are exact, no counter goes back, and the bound holds", async () => {
  const step = fc.record({
    tenant: fc.nat(120).map((n) => (n === 0 ? "other" : `tenant-${n}`)),
    times: fc.integer({ min: 1, max: 400 }),
    waitMs: fc.constantFrom(0, 0, 1_000, TERM_MS),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async (steps) => {
      const { clock, counts, visit } = start();
      let sent = 0;
      let before = new Map<string, number>();
      for (const [i, { tenant, times, waitMs }] of steps.entries()) {
        clock.ms += waitMs;
        visit(tenant, times);
        sent += times;
        if (i % 5 !== 0) continue;
        const after = await counts();
        for (const [key, value] of before) {
          const now = after.get(key);
          if (now !== undefined) expect(now).toBeGreaterThanOrEqual(value);
        }
        // Less than an hour has passed for whom it matters: nothing has ended, so the raw sum is whole too.
        if (clock.ms < REST_MS) expect(sumOf(after)).toBe(sent);
        expect(new Set([...after.keys()].map((key) => key.split(" ")[0])).size).toBeLessThanOrEqual(
          labels.tenant.maxValues,
        );
        before = after;
      }
    }),
    { numRuns: 30 },
  );
});
