import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Service } from "./test-schema.ts";
import { FOLDER, parseEnvFile, readStackFile } from "./test-stack.ts";

/** Secrets as a start makes them, in a folder of the test's own. */
export interface TestSecrets {
  readonly folder: string;
  remove(): void;
}

/** Tokens that a person puts into `secrets/channels/`, as the example of channels.env names them. */
const OWN_TOKENS = {
  "slack-token": "xoxb-own",
  "slack-signing-secret": "0123456789abcdef",
  "smtp-url": "smtps://user:password@mail.example.com",
  "pagerduty-routing-key": "0123456789abcdef0123456789abcdef",
};

export const runMakeSecrets = (folder: string, env: Readonly<Record<string, string>> = {}): string =>
  execFileSync("/bin/sh", [join(FOLDER, "make-secrets.sh"), folder], {
    env: { PATH: process.env.PATH ?? "", ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

export function makeTestSecrets(): TestSecrets {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-docker-"));
  runMakeSecrets(folder);
  for (const [name, token] of Object.entries(OWN_TOKENS)) {
    writeFileSync(join(folder, "channels", name), `${token}\n`);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A text that names files as a container sees them, with their places in the test's folder. */
export const onHost = (text: string, secrets: string): string =>
  text.replaceAll("/run/secrets/", `${secrets}/`).replaceAll("/run/channels/", `${secrets}/channels/`);

/** The environment that Compose gives a container. What a service says wins over what a file says. */
export const environmentOf = ({
  environment = {},
  env_file = [],
}: Service): Readonly<Record<string, string>> => ({
  ...Object.assign(
    {},
    ...env_file.map((file) => parseEnvFile(readStackFile(file.replace(".env", ".example.env")))),
  ),
  ...environment,
});
