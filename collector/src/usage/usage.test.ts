import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestBed, type TestBed, type TestEvent } from "../test-bed.ts";
import { loadFigures } from "./figures.ts";
import { deleteOld } from "./retention.ts";
import { rollUp } from "./roll-up.ts";
import { publishTopLists, readTopList } from "./top-lists.ts";

const never = new AbortController().signal;

let bed: TestBed;
beforeEach(async () => {
  bed = await createTestBed();
});
afterEach(() => bed.close());

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("the test lacks something");
  return value;
};

/** Three people of one tenant and one of another, on two days around midnight in Berlin. */
async function addTable() {
  const a = await bed.addTenant("aster", 3);
  const b = await bed.addTenant("birch", 1);
  const [ann = "", bob = "", cat = ""] = a.people;
  const dan = must(b.people[0]);
  const event = (at: string, tenant: string, user: string, kind: string, more = {}): TestEvent => ({
    at,
    tenant,
    user,
    kind,
    ...more,
  });
  await bed.addEvents([
    event("2026-11-09T21:30:00Z", a.id, ann, "login"),
    event("2026-11-09T21:31:00Z", a.id, ann, "search", { term: "payroll" }),
    event("2026-11-09T23:30:00Z", a.id, ann, "search", { term: "payroll" }),
    event("2026-11-09T21:40:00Z", a.id, bob, "empty_search", { term: "payrol" }),
  ]);
  await bed.addEvents([
    event("2026-11-09T21:50:00Z", a.id, cat, "profile_view", { subject: ann }),
    event("2026-11-09T21:55:00Z", b.id, dan, "profile_update", { subject: dan }),
    event("2026-11-09T21:56:00Z", b.id, dan, "search"),
  ]);
  return { a, b, ann, bob, cat, dan };
}

test("the figures are those of a table that was added up by hand", async () => {
  const { a, b, ann, bob, cat, dan } = await addTable();
  expect(await rollUp(bed.database, "Europe/Berlin", never)).toEqual({
    batches: 2,
    events: 7,
    lagSeconds: 0,
  });
  expect(
    await bed.rows("SELECT hour, kind, events::int FROM collector.usage_hour ORDER BY hour, kind"),
  ).toEqual([
    { hour: new Date("2026-11-09T21:00:00Z"), kind: "empty_search", events: 1 },
    { hour: new Date("2026-11-09T21:00:00Z"), kind: "login", events: 1 },
    { hour: new Date("2026-11-09T21:00:00Z"), kind: "profile_update", events: 1 },
    { hour: new Date("2026-11-09T21:00:00Z"), kind: "profile_view", events: 1 },
    { hour: new Date("2026-11-09T21:00:00Z"), kind: "search", events: 2 },
    { hour: new Date("2026-11-09T23:00:00Z"), kind: "search", events: 1 },
  ]);
  // 23:30 in UTC is the next day in Berlin.
  const days = await bed.rows<{ day: string; user_id: string }>(
    "SELECT day::text, user_id FROM collector.person_day ORDER BY day, user_id",
  );
  expect(days).toEqual([
    ...[ann, bob, cat, dan].sort().map((user_id) => ({ day: "2026-11-09", user_id })),
    { day: "2026-11-10", user_id: ann },
  ]);
  expect(await bed.rows("SELECT day::text, people::int FROM collector.people_day ORDER BY day")).toEqual([
    { day: "2026-11-09", people: 4 },
    { day: "2026-11-10", people: 1 },
  ]);
  expect(
    await bed.rows(
      "SELECT first_day::text, kind, count(*)::int AS people FROM collector.person_period GROUP BY 1, 2 ORDER BY 1",
    ),
  ).toEqual([
    { first_day: "2026-11-01", kind: "month", people: 4 },
    { first_day: "2026-11-09", kind: "week", people: 4 },
  ]);
  expect(
    await bed.rows(
      "SELECT tenant_id, day::text, term, searches::int FROM collector.term_day ORDER BY day, term",
    ),
  ).toEqual([
    { tenant_id: a.id, day: "2026-11-09", term: "payrol", searches: 1 },
    { tenant_id: a.id, day: "2026-11-09", term: "payroll", searches: 1 },
    { tenant_id: a.id, day: "2026-11-10", term: "payroll", searches: 1 },
  ]);
  expect(await bed.rows("SELECT tenant_id, profile_id, views::int FROM collector.profile_day")).toEqual([
    { tenant_id: a.id, profile_id: ann, views: 1 },
  ]);
  expect(await bed.rows("SELECT tenant_id FROM collector.tenant ORDER BY 1")).toEqual(
    [a.id, b.id].sort().map((tenant_id) => ({ tenant_id })),
  );
});

test("every event is counted once: late ones, again, and by two collectors at a time", async () => {
  const { id, people } = await bed.addTenant("aster", 40);
  const logins = (count: number, minutes: number): TestEvent[] =>
    Array.from({ length: count }, (_, i) => ({
      at: minutesAgo(minutes + i),
      tenant: id,
      user: must(people[i % 40]),
      kind: i % 2 ? "login" : "search",
      ...(i % 2 ? {} : { term: `term ${i % 7}` }),
    }));
  for (let batch = 0; batch < 30; batch++) await bed.addEvents(logins(50, batch * 60));
  const both = await Promise.all([rollUp(bed.database, "UTC", never), rollUp(bed.database, "UTC", never)]);
  expect(both.reduce((sum, { events }) => sum + events, 0)).toBe(1_500);
  // What happened before what was counted already.
  await bed.addEvents(logins(20, 5_000));
  expect((await rollUp(bed.database, "UTC", never)).events).toBe(20);
  expect((await rollUp(bed.database, "UTC", never)).events).toBe(0);
  const counted = await bed.rows(
    "SELECT hour, kind, events::int FROM collector.usage_hour ORDER BY hour, kind",
  );
  expect(counted).toEqual(
    await bed.rows(
      "SELECT date_trunc('hour', at) AS hour, kind, count(*)::int AS events FROM usage_event GROUP BY 1, 2 ORDER BY 1, 2",
    ),
  );
  expect(await bed.rows("SELECT sum(searches)::int AS n FROM collector.term_day")).toEqual(
    await bed.rows("SELECT count(*)::int AS n FROM usage_event WHERE term IS NOT NULL"),
  );
  expect(await bed.rows("SELECT day, user_id FROM collector.person_day ORDER BY 1, 2")).toEqual(
    await bed.rows(
      "SELECT DISTINCT (at AT TIME ZONE 'UTC')::date AS day, user_id FROM usage_event ORDER BY 1, 2",
    ),
  );
  expect(await bed.rows("SELECT day, people::int FROM collector.people_day ORDER BY 1")).toEqual(
    await bed.rows(
      "SELECT (at AT TIME ZONE 'UTC')::date AS day, count(DISTINCT user_id)::int AS people FROM usage_event GROUP BY 1 ORDER BY 1",
    ),
  );
  expect(
    await bed.rows("SELECT first_day, kind, user_id FROM collector.person_period ORDER BY 1, 2, 3"),
  ).toEqual(
    await bed.rows(
      `SELECT DISTINCT date_trunc(period.kind, at AT TIME ZONE 'UTC')::date AS first_day, period.kind, user_id
       FROM usage_event, (VALUES ('week'), ('month')) AS period (kind) ORDER BY 1, 2, 3`,
    ),
  );
});

test("a run that is stopped in the middle leaves its batches uncounted, and the next counts them", async () => {
  await addTable();
  await bed.rows("ALTER TABLE collector.profile_day RENAME TO away");
  await expect(rollUp(bed.database, "UTC", never)).rejects.toThrow("profile_day");
  expect(await bed.rows("SELECT FROM collector.usage_hour")).toHaveLength(0);
  await bed.rows("ALTER TABLE collector.away RENAME TO profile_day");
  expect((await rollUp(bed.database, "UTC", never)).events).toBe(7);
});

test("active people, adoption, answers and tickets are those of now", async () => {
  const { id, people } = await bed.addTenant("aster", 4);
  const [ann = "", bob = "", cat = "", dan = ""] = people;
  const at = (minutes: number, user: string, kind: string): TestEvent => ({
    at: minutesAgo(minutes),
    tenant: id,
    user,
    kind,
    ...(kind === "profile_view" && { subject: ann }),
  });
  const day = 24 * 60;
  await bed.addEvents([
    at(10, ann, "search"),
    at(3 * day, bob, "profile_view"),
    at(20 * day, cat, "profile_update"),
    at(20 * day, cat, "empty_search"),
    at(31 * day, dan, "search"),
  ]);
  await rollUp(bed.database, "UTC", never);
  await bed.rows(`INSERT INTO collector.nps_response (id, answered_at, score)
    SELECT n::text, now() - interval '2 days', score FROM unnest(ARRAY[10, 9, 8, 3]) WITH ORDINALITY AS s (score, n)`);
  await bed.rows(`INSERT INTO collector.ticket (id, opened_at, resolved_at) VALUES
    ('1', now() - interval '2 days', now() - interval '47 hours'),
    ('2', now() - interval '3 days', now() - interval '69 hours'),
    ('3', now() - interval '10 days', NULL)`);
  expect(await loadFigures(bed.database)).toMatchObject({
    people: { day: 1, week: 2, month: 3 },
    features: { search: 2, profile_view: 1, profile_update: 1 },
    nps: { score: 25, responses: 4 },
    tickets: { open: 1, opened: 2, medianResolutionSeconds: 2 * 3_600 },
    demo: false,
  });
});

test("without any data every figure is zero or not there, and none is made up", async () => {
  expect(await loadFigures(bed.database)).toEqual({
    lastHour: { login: 0, search: 0, empty_search: 0, profile_view: 0, profile_update: 0 },
    people: { day: 0, week: 0, month: 0 },
    features: { search: 0, profile_view: 0, profile_update: 0 },
    nps: { score: null, responses: 0 },
    tickets: { open: 0, opened: 0, medianResolutionSeconds: null },
    demo: false,
  });
});

test("a term or a profile is shown from enough people of one tenant alone", async () => {
  const aster = await bed.addTenant("aster", 5);
  const birch = await bed.addTenant("birch", 4);
  const search = (tenant: { id: string }, user: string, term: string): TestEvent => ({
    at: minutesAgo(5),
    tenant: tenant.id,
    user,
    kind: "search",
    term,
  });
  const boss = must(aster.people[0]);
  await bed.addEvents([
    ...aster.people.map((user) => search(aster, user, "payroll")),
    // Many times, and yet from too few: four of one tenant, and more only with another tenant's.
    ...aster.people
      .slice(0, 4)
      .flatMap((user) => Array.from({ length: 9 }, () => search(aster, user, "layoffs"))),
    ...birch.people.map((user) => search(birch, user, "layoffs")),
    ...aster.people.map((user) => ({
      at: minutesAgo(4),
      tenant: aster.id,
      user,
      kind: "profile_view",
      subject: boss,
    })),
  ]);
  await rollUp(bed.database, "UTC", never);
  expect(await publishTopLists(bed.database, "UTC", 5, never)).toEqual({ tenants: 2, waiting: 0 });
  expect(await readTopList(bed.database, "search-terms")).toEqual({
    columns: ["Term", "Company", "Searches", "People"],
    rows: [["payroll", "Aster", 5, 5]],
  });
  expect((await readTopList(bed.database, "profiles")).rows).toEqual([["Person 1", "Aster", 5, 5]]);
  // Nothing new: nothing to do.
  expect((await publishTopLists(bed.database, "UTC", 5, never)).tenants).toBe(0);
  // People of last week are no people of this one.
  await bed.rows("UPDATE collector.term_person SET last_day = last_day - 8 WHERE user_id = $1", [boss]);
  await bed.rows("UPDATE collector.tenant SET changed_at = now()");
  await publishTopLists(bed.database, "UTC", 5, never);
  expect((await readTopList(bed.database, "search-terms")).rows).toEqual([]);
});

test("what is older than it may be goes, and what is not stays", async () => {
  await addTable();
  await rollUp(bed.database, "UTC", never);
  await bed.rows("UPDATE usage_batch SET counted_at = now() - interval '36 days' WHERE number = 1");
  await bed.rows("UPDATE collector.term_day SET day = current_date - 36 WHERE term = 'payrol'");
  const deleted = await deleteOld(bed.database, never);
  expect(deleted).toMatchObject({ events: 1, terms: 1, persons: 0, hours: 0 });
  expect(await bed.rows("SELECT FROM usage_event")).toHaveLength(3);
});
