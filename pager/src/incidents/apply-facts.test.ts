import { createTestDatabase } from "@watchkeeper/testing/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AlertDraft, createTestBed, type TestBed, webhookBody } from "../test-bed.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, {
    slack: undefined,
    email: undefined,
    pagerduty: undefined,
    webhook: undefined,
  });
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});

const minute = (n: number): string => `2026-03-01T02:${String(n).padStart(2, "0")}:00Z`;

/** What a source may say: instances of two alerts, firing or resolved, at a few times so that ties are common. */
const draft: fc.Arbitrary<
  Required<Pick<AlertDraft, "name" | "instance" | "status" | "startsAt" | "endsAt">>
> = fc
  .record({
    name: fc.constantFrom("A", "B"),
    instance: fc.constantFrom("one", "two"),
    status: fc.constantFrom("firing" as const, "resolved" as const),
    at: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ name, instance, status, at }) => ({
    name,
    instance,
    status,
    startsAt: status === "firing" ? minute(at) : minute(0),
    endsAt: status === "firing" ? "0001-01-01T00:00:00Z" : minute(at),
  }));

const bodies = fc.array(fc.array(draft, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });

/** The rule, by brute force: of all facts about an alert the latest, in a tie the firing one. */
function truthOf(facts: readonly AlertDraft[]): string[] {
  const latest = new Map<string, { at: string; status: string }>();
  for (const { name, instance, status, startsAt, endsAt } of facts) {
    const at = (status === "firing" ? startsAt : endsAt) ?? "";
    const known = latest.get(`${name} ${instance}`);
    if (!known || at > known.at || (at === known.at && status === "firing")) {
      latest.set(`${name} ${instance}`, { at, status: status ?? "" });
    }
  }
  return [...latest].map(([alert, { at, status }]) => `${alert} ${status} ${at}`).sort();
}

async function stateOf(prefix: string): Promise<{ alerts: string[]; open: string[] }> {
  const alerts = await bed.database.query<{ line: string }>(
    "test",
    `SELECT concat_ws(' ', labels ->> 'alertname', labels ->> 'instance', status,
       to_char(fact_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS line
     FROM alert WHERE labels ->> 'service' = $1`,
    [prefix],
  );
  const open = await bed.database.query<{ alertname: string }>(
    "test",
    "SELECT alertname FROM incident WHERE service = $1 AND state <> 'resolved'",
    [prefix],
  );
  return {
    alerts: alerts.rows.map(({ line }) => line).sort(),
    open: open.rows.map(({ alertname }) => alertname).sort(),
  };
}

let runs = 0;

test("duplicates and any order of arrival end in the same alerts and the same open incidents", async () => {
  const history = bodies.chain((list) =>
    fc.record({
      first: fc.constant(list),
      second: fc
        .subarray(list)
        .chain((again) =>
          fc.shuffledSubarray([...list, ...again], { minLength: list.length + again.length }),
        ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(history, async ({ first, second }) => {
      const run = `run-${runs++}`;
      const truth = truthOf(first.flat());
      const open = [
        ...new Set(truth.filter((line) => line.includes("firing")).map((line) => line.split(" ")[0])),
      ];
      for (const [service, order] of [
        [`${run}-a`, first],
        [`${run}-b`, second],
      ] as const) {
        for (const body of order) await bed.receive(webhookBody(...body.map((one) => ({ ...one, service }))));
        expect(await stateOf(service)).toEqual({ alerts: truth, open: open.sort() });
      }
    }),
    { numRuns: 40 },
  );
});

test("an exact duplicate changes no row and says nothing", async () => {
  const body = webhookBody({ service: "twice" });
  await bed.receive(body);
  const seen = async () =>
    (
      await bed.database.query(
        "test",
        `SELECT i.version, (SELECT count(*) FROM incident_event e WHERE e.incident_id = i.id) AS events,
           (SELECT max(inbox_id) FROM alert a WHERE a.incident_id = i.id) AS body
         FROM incident i WHERE service = 'twice'`,
      )
    ).rows;
  const before = await seen();
  await bed.receive(body);
  expect(await seen()).toEqual(before);
});

test("an alert that fires again after its incident was resolved opens a new one", async () => {
  const alert = { service: "again" };
  await bed.receive(webhookBody({ ...alert, startsAt: minute(1) }));
  await bed.receive(webhookBody({ ...alert, status: "resolved", startsAt: minute(1), endsAt: minute(2) }));
  await bed.receive(webhookBody({ ...alert, startsAt: minute(3) }));
  const { rows } = await bed.database.query(
    "test",
    "SELECT state FROM incident WHERE service = 'again' ORDER BY number",
  );
  expect(rows).toEqual([{ state: "resolved" }, { state: "triggered" }]);
});

test("an alert that was resolved by silence alone fires again; a late duplicate does not make it so", async () => {
  const alert = { service: "asleep", startsAt: minute(1) };
  const over = webhookBody({ ...alert, status: "resolved", endsAt: minute(30) });
  const states = async () =>
    (
      await bed.database.query("test", "SELECT state FROM incident WHERE service = 'asleep' ORDER BY number")
    ).rows.map(({ state }) => state);
  await bed.receive(webhookBody(alert));
  await bed.receive(over);
  await bed.advance(15_000);
  await bed.receive(webhookBody(alert));
  expect(await states()).toEqual(["resolved"]);
  await bed.advance(1_000);
  await bed.receive(webhookBody(alert));
  expect(await states()).toEqual(["resolved", "triggered"]);
  // The old resolution, told once more, is no news; the real one is.
  await bed.receive(over);
  expect(await states()).toEqual(["resolved", "triggered"]);
  await bed.receive(webhookBody({ ...alert, status: "resolved", endsAt: "2026-03-01T04:00:00Z" }));
  expect(await states()).toEqual(["resolved", "resolved"]);
});

test("ten thousand alerts in one body become their incidents in one go", async () => {
  const drafts = Array.from({ length: 10_000 }, (_, n) => ({
    service: "storm",
    name: `Alert${n % 100}`,
    instance: `host-${n}`,
  }));
  await bed.receive(webhookBody(...drafts));
  const { rows } = await bed.database.query(
    "test",
    "SELECT count(*)::integer AS incidents, sum(firing)::integer AS alerts FROM incident WHERE service = 'storm'",
  );
  expect(rows).toEqual([{ incidents: 100, alerts: 10_000 }]);
});

test("history cannot be changed", async () => {
  await expect(bed.database.query("test", "UPDATE incident_event SET text = ''")).rejects.toThrow(
    "Cannot change incident_event as it only grows",
  );
  await expect(bed.database.query("test", "DELETE FROM incident_event")).rejects.toThrow("only grows");
});
