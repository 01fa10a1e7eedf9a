import { createHash, timingSafeEqual } from "node:crypto";
import { SettingsError } from "@watchkeeper/process/settings";

/** Each role may do what the ones before it may. */
export const roles = ["viewer", "responder", "admin"] as const;
export type Role = (typeof roles)[number];

export const isAtLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Who asks: the name that timelines and the audit log show. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** Finds the caller whose token a request carries; undefined for every other text. */
export type Authenticate = (token: string) => Caller | undefined;

const HASHED = /^sha256:([0-9a-f]{64})$/;
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MIN_TOKEN = 16;
const MAX_TOKENS = 1_000;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

type Entry = Caller & { readonly digest: Buffer };

function parseLine(line: string, number: number): Entry {
  const refuse = (reason: string): never => {
    throw new SettingsError(`Cannot read line ${number} of the API tokens as ${reason}`);
  };
  const [name = "", role, token, ...rest] = line.split(/\s+/);
  if (!NAME.test(name))
    refuse(`its name has small letters, digits and dashes alone: "ada responder <token>"`);
  const known = roles.find((one) => one === role);
  if (!known) return refuse(`the role of "${name}" is none of ${roles.join(", ")}`);
  if (token === undefined || rest.length > 0)
    return refuse(`"${name}" needs one token: "${name} ${role} <token>"`);
  const hash = HASHED.exec(token)?.[1];
  if (hash === undefined && token.length < MIN_TOKEN) {
    refuse(`the token of "${name}" has fewer than ${MIN_TOKEN} characters`);
  }
  return { name, role: known, digest: hash === undefined ? digest(token) : Buffer.from(hash, "hex") };
}

/**
 * Reads the tokens: a line each, `<name> <role> <token>`, where the token is itself or `sha256:` and its hash in hex.
 * Empty lines and lines that begin with `#` say nothing.
 *
 * @throws SettingsError that names the line and never shows a token
 */
export function parseTokens(text: string): readonly Entry[] {
  const entries = text
    .split(/\r?\n/)
    .map((line, i) => [line.trim(), i + 1] as const)
    .filter(([line]) => line !== "" && !line.startsWith("#"))
    .map(([line, number]) => parseLine(line, number));
  if (entries.length > MAX_TOKENS) throw new SettingsError(`Cannot use more than ${MAX_TOKENS} API tokens`);
  for (const [i, { name, digest: own }] of entries.entries()) {
    if (entries.slice(0, i).some((other) => other.digest.equals(own))) {
      throw new SettingsError(`Cannot tell callers apart as "${name}" has the token of another`);
    }
  }
  return entries;
}

/**
 * Compares what a request carries with every token there is: neither the content of a token nor its place in the list
 * shows in the time.
 *
 * @param adminToken the console's own
 */
export function createAuthenticate(adminToken: string, tokens: readonly Entry[] = []): Authenticate {
  const all: readonly Entry[] = [{ name: "console", role: "admin", digest: digest(adminToken) }, ...tokens];
  return (token) => {
    const given = digest(token);
    let found: Entry | undefined;
    for (const entry of all) if (timingSafeEqual(entry.digest, given)) found ??= entry;
    return found && { name: found.name, role: found.role };
  };
}
