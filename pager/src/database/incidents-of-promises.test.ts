import { readFileSync } from "node:fs";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBed, type TestBed } from "../test-bed.ts";

const [, up = "", down = ""] = readFileSync(
  new URL("./migrations/0030_incidents-of-promises.sql", import.meta.url),
  "utf8",
).split(/-- (?:Up|Down) Migration\n/);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});

interface Draft {
  readonly slo: string;
  readonly startsAt: string;
  readonly status?: "firing" | "resolved";
}

/** Alerts of promises of one service, as Alertmanager sends them. */
const body = (service: string, ...drafts: readonly Draft[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: "4",
      alerts: drafts.map(({ slo, startsAt, status = "firing" }) => ({
        status,
        labels: { alertname: "SloBurnsFast", service, severity: "page", slo, note: 'a "quoted" \\ word' },
        annotations: { summary: "The error budget of a promise is spent fast." },
        startsAt,
        endsAt: status === "firing" ? "0001-01-01T00:00:00Z" : "2026-03-01T03:00:00Z",
      })),
    }),
  );

const login = { slo: "DirectoryLogin", startsAt: "2026-03-01T02:50:00Z" };
const search = { slo: "DirectorySearch", startsAt: "2026-03-01T02:55:00Z" };

const incidents = async (service: string): Promise<readonly string[]> => {
  const { rows } = await bed.database.query<{ line: string }>(
    "test",
    `SELECT concat_ws(' ', rank() OVER (ORDER BY number), coalesce(labels->>'slo', '-'), state, firing) AS line
     FROM incident WHERE service = $1 ORDER BY number`,
    [service],
  );
  return rows.map(({ line }) => line);
};

test("two promises of one service are two incidents, and one of them ends without the other", async () => {
  await bed.receive(body("two", login, search));
  expect(await incidents("two")).toEqual(["1 DirectoryLogin triggered 1", "2 DirectorySearch triggered 1"]);
  await bed.receive(body("two", { ...login, status: "resolved" }));
  expect(await incidents("two")).toEqual(["1 DirectoryLogin resolved 0", "2 DirectorySearch triggered 1"]);
});

test("what was open as one incident goes on and ends under its number, and the other promise opens one of its own", async () => {
  const service = 'old "shop" \\ ü';
  await bed.receive(body(service, login));
  // As they were: one key for both promises.
  await bed.database.query("test", down);
  await bed.database.query(
    "test",
    `INSERT INTO alert (source, fingerprint, incident_key, incident_id, status, fact_at, starts_at, severity, priority, labels, annotations, told_at)
     SELECT source, 'of-search', incident_key, incident_id, status, fact_at + interval '5 min', starts_at + interval '5 min', severity, priority,
       labels || '{"slo": "DirectorySearch"}', annotations, told_at FROM alert WHERE labels->>'service' = $1`,
    [service],
  );
  await bed.database.query("test", "UPDATE incident SET firing = 2 WHERE service = $1", [service]);

  await bed.database.query("test", up);
  expect(await incidents(service)).toEqual(["1 DirectoryLogin triggered 2"]);
  await bed.receive(body(service, login, search));
  expect(await incidents(service)).toEqual(["1 DirectoryLogin triggered 1", "2 DirectorySearch triggered 2"]);
  await bed.receive(body(service, { ...login, status: "resolved" }));
  expect((await incidents(service))[0]).toBe("1 DirectoryLogin resolved 0");
});

test("going back leaves one open incident for a service", async () => {
  await bed.receive(body("back", login, search));
  await bed.database.query("test", down);
  expect(await incidents("back")).toEqual(["1 DirectoryLogin triggered 1", "2 DirectorySearch resolved 0"]);
  await bed.database.query("test", up);
  await bed.receive(body("back", login, search));
  expect(await incidents("back")).toEqual([
    "1 DirectoryLogin triggered 1",
    "2 DirectorySearch resolved 0",
    "3 DirectorySearch triggered 1",
  ]);
});
