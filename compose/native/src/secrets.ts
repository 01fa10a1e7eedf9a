import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StackError } from "./stack-error.ts";

const random = (): string => randomBytes(24).toString("base64url");

/** Every secret of a native installation and how it is made. There are no defaults. */
const MAKE = {
  "directory-postgres-superuser": random,
  "directory-postgres-owner": random,
  "directory-postgres-app": random,
  "directory-postgres-monitor": random,
  "pager-postgres-superuser": random,
  "pager-postgres-pager": random,
  redis: random,
  "pager-ingest-token": random,
  "pager-api-token": random,
  "collector-api-token": random,
  "pager-action": random,
  "console-session": random,
  "directory-cursors": random,
  "demo-password": random,
  "standin-slack-token": () => `xoxb-${random()}`,
  "standin-pagerduty-routing-key": () => randomBytes(16).toString("hex"),
  "standin-webhook-secret": random,
  "standin-slack-signing-secret": () => randomBytes(16).toString("hex"),
  "standin-twilio-auth-token": () => randomBytes(16).toString("hex"),
} as const satisfies Record<string, () => string>;

export type SecretName = keyof typeof MAKE;
export type Secrets = Readonly<Record<SecretName, string>>;

/** Writes a file that only its owner may read; readers see the old content or the new, never a part. */
export function writePrivate(path: string, content: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, content, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}

/** The file of one secret. */
export const secretFile = (folder: string, name: SecretName): string => join(folder, name);

/**
 * Reads the installation's secrets and makes those that are missing, one file each, mode 0600.
 *
 * @throws StackError when a file is there but empty: a new value would no longer fit the data made with the old one
 */
export function ensureSecrets(folder: string): Secrets {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const entries = (Object.keys(MAKE) as SecretName[]).map((name): [SecretName, string] => {
    const file = secretFile(folder, name);
    if (!existsSync(file)) writePrivate(file, `${MAKE[name]()}\n`);
    chmodSync(file, 0o600);
    const value = readFileSync(file, "utf8").trim();
    if (value === "") {
      throw new StackError(
        `Cannot use ${file} as it is empty: restore it from a copy, or start afresh with npm run reset`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as Secrets;
}
