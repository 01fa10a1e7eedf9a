import { readdirSync, readFileSync } from "node:fs";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import pg from "pg";
import { createDatabase, type Database } from "./database/database.ts";
import { migrate } from "./database/migrate.ts";

/** The directory's database as the app makes it: its migrations are the contract between the two. */
async function migrateDirectory(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const folder = new URL("../../app/src/migrations/", import.meta.url);
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(new URL(name, folder), "utf8");
    await client.query(text.split("-- Down Migration")[0] ?? "");
  }
  await client.end();
}

export interface TestBed {
  readonly url: string;
  readonly database: Database;
  /** Makes a tenant with people. @returns the ids */
  addTenant(slug: string, people: number, domain?: string): Promise<{ id: string; people: string[] }>;
  /** Stores events in one batch, as the app does. */
  addEvents(events: readonly TestEvent[]): Promise<void>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export interface TestEvent {
  readonly at: string;
  readonly tenant: string;
  readonly user: string;
  readonly kind: string;
  readonly term?: string;
  readonly subject?: string;
}

/** A directory's database with the collector's tables, for tests. */
export async function createTestBed(): Promise<TestBed> {
  const { url, drop } = await createTestDatabase();
  await migrateDirectory(url);
  await migrate(url);
  const database = createDatabase(url, createMetrics(), createLog("collector", "silent"));
  const rows = async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> =>
    (await database.query("test", text, values)).rows as unknown as readonly Row[];
  return {
    url,
    database,
    rows,
    async addTenant(slug, people, domain = "company.test") {
      const [tenant] = await rows<{ id: string }>(
        "INSERT INTO tenant (slug, name) VALUES ($1, initcap($1)) RETURNING id",
        [slug],
      );
      const id = tenant?.id ?? "";
      const added = await rows<{ id: string }>(
        `INSERT INTO employee (tenant_id, name, email, title, department, location, phone)
         SELECT $1, 'Person ' || n, 'p' || n || '@' || $3, 't', 'd', 'l', 'x' FROM generate_series(1, $2::int) n RETURNING id`,
        [id, people, domain],
      );
      return { id, people: added.map((person) => person.id) };
    },
    async addEvents(events) {
      await rows(
        `WITH b AS (INSERT INTO usage_batch (key, events) VALUES (gen_random_uuid(), $1) RETURNING number)
         INSERT INTO usage_event (batch, at, tenant_id, user_id, kind, term, subject_id)
         SELECT b.number, e.* FROM b, unnest($2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[]) e`,
        [
          events.length,
          events.map(({ at }) => at),
          events.map(({ tenant }) => tenant),
          events.map(({ user }) => user),
          events.map(({ kind }) => kind),
          events.map(({ term }) => term ?? null),
          events.map(({ subject }) => subject ?? null),
        ],
      );
    },
    async close() {
      await database.close();
      await drop();
    },
  };
}
