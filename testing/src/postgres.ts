import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";

async function asSuperuser(run: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}

/** Makes an empty database on the run's real PostgreSQL. `drop` also ends connections that are still open. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asSuperuser((client) => client.query(`create database ${name}`));
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => asSuperuser((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}
