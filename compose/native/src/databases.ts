import { Client, escapeIdentifier, escapeLiteral } from "pg";

/** A role that may log in, with what it owns or may read. */
interface Role {
  readonly name: string;
  readonly password: string;
  /** Built-in role whose rights it gets, such as `pg_monitor`. */
  readonly memberOf?: string;
}

/**
 * Makes roles, one database and its extensions as the superuser; running it again changes nothing but passwords.
 * The services themselves log in with the least rights that they need.
 */
export async function prepareDatabase(
  superuserUrl: string,
  database: { readonly name: string; readonly owner: Role; readonly extensions: readonly string[] },
  others: readonly Role[] = [],
): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    for (const role of [database.owner, ...others]) await ensureRole(client, role);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [database.name]);
    if (rowCount === 0) {
      await client.query(
        `create database ${escapeIdentifier(database.name)} owner ${escapeIdentifier(database.owner.name)}`,
      );
    }
  });
  const url = new URL(superuserUrl);
  url.pathname = `/${database.name}`;
  await withClient(url.href, async (client) => {
    for (const extension of database.extensions) {
      await client.query(`create extension if not exists ${escapeIdentifier(extension)}`);
    }
  });
}

async function ensureRole(client: Client, role: Role): Promise<void> {
  const name = escapeIdentifier(role.name);
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [role.name]);
  if (rowCount === 0) await client.query(`create role ${name} login`);
  await client.query(`alter role ${name} login password ${escapeLiteral(role.password)}`);
  if (role.memberOf) await client.query(`grant ${escapeIdentifier(role.memberOf)} to ${name}`);
}

async function withClient(url: string, run: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}
