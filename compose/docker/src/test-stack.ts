import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type ComposeFile, composeFileSchema, type Service } from "./test-schema.ts";

/** The stack's folder, which its files' paths begin at. */
export const FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const CLONE = resolve(FOLDER, "../..");

export const readStackFile = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

type Variables = Readonly<Record<string, string>>;

/** `NAME=value` lines, as `--env-file` and `env_file` take them. */
export const parseEnvFile = (text: string): Variables =>
  Object.fromEntries(
    text.split("\n").flatMap((line): [string, string][] => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)='?(.*?)'?$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );

/** Every image by the variable that names it. */
export const versions: Variables = parseEnvFile(readStackFile("versions.env"));

export type Kind = "dev" | "prod";

/** What a person sets: nothing for the demo, the example's lines for an installation. */
export const settingsOf = (kind: Kind): Variables =>
  kind === "dev" ? {} : parseEnvFile(readStackFile("settings.example.env"));

/**
 * Replaces `${NAME}`, `${NAME:-default}` and `${NAME:?reason}` as Compose does, and `$$` by a dollar.
 * @throws Error where Compose would refuse to start
 */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(
    /\$(?:(\$)|\{([A-Z][A-Z0-9_]*)(?::([-?])([^}]*))?\})/g,
    (whole, dollar: string | undefined, name: string, kind: string | undefined, rest: string) => {
      if (dollar !== undefined) return "$";
      const value = variables[name];
      if (value !== undefined && value !== "") return value;
      if (kind === "-") return rest;
      if (kind === "?") throw new Error(`Cannot start as ${name} is not set: ${rest}`);
      throw new Error(`${whole} has no default`);
    },
  );
}

function interpolateAll(value: unknown, variables: Variables): unknown {
  if (typeof value === "string") return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((one) => interpolateAll(one, variables));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolateAll(one, variables)]));
}

/** One file as Compose reads it. @throws ZodError that names what the specification, or our part of it, does not know */
export function loadComposeFile(name: string, variables: Variables): ComposeFile {
  const document: Record<string, unknown> = parse(readStackFile(name), { merge: true });
  const known = Object.entries(document).filter(([key]) => !key.startsWith("x-"));
  return composeFileSchema.parse(interpolateAll(Object.fromEntries(known), variables));
}

type Networks = NonNullable<Service["networks"]>;
const networkMap = (networks: Networks) =>
  Array.isArray(networks)
    ? Object.fromEntries(networks.map((name): [string, { aliases?: string[] }] => [name, {}]))
    : networks;

/** What Compose makes of one service that stands in two files: mappings and lists grow, single values are replaced. */
function mergeServices(base: Service, over: Service): Service {
  const list = <Key extends "volumes" | "tmpfs" | "secrets" | "expose" | "ports" | "env_file">(key: Key) => {
    const both = [...new Set([...(base[key] ?? []), ...(over[key] ?? [])])];
    return both.length === 0 ? {} : { [key]: both };
  };
  return {
    ...base,
    ...over,
    ...(base.environment || over.environment
      ? { environment: { ...base.environment, ...over.environment } }
      : {}),
    ...(base.depends_on || over.depends_on ? { depends_on: { ...base.depends_on, ...over.depends_on } } : {}),
    ...(base.networks && over.networks
      ? { networks: { ...networkMap(base.networks), ...networkMap(over.networks) } }
      : {}),
    ...list("volumes"),
    ...list("tmpfs"),
    ...list("secrets"),
    ...list("expose"),
    ...list("ports"),
    ...list("env_file"),
  };
}

/** The stack as `stack.sh dev` or `stack.sh prod` starts it. */
export interface Stack {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: NonNullable<ComposeFile["networks"]>;
  readonly volumes: NonNullable<ComposeFile["volumes"]>;
  readonly secrets: NonNullable<ComposeFile["secrets"]>;
}

export function loadStack(kind: Kind): Stack {
  const variables = { ...versions, ...settingsOf(kind) };
  const base = loadComposeFile("compose.yaml", variables);
  const over = loadComposeFile(`compose.${kind}.yaml`, variables);
  const started = Object.entries(base.services).filter(
    ([, { profiles = [] }]) => kind === "dev" || profiles.length === 0,
  );
  return {
    services: Object.fromEntries(
      started.map(([name, service]) => [name, mergeServices(service, over.services[name] ?? {})]),
    ),
    networks: { ...base.networks, ...over.networks },
    volumes: { ...base.volumes, ...over.volumes },
    secrets: { ...base.secrets, ...over.secrets },
  };
}

/** The networks of a service, with the names that others know it by in each. */
export const networksOf = (
  name: string,
  { networks = [] }: Service,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(networkMap(networks)).map(([network, options]) => [
      network,
      [name, ...(options?.aliases ?? [])],
    ]),
  );

/** `source:target:ro` → its parts. */
export function parseVolume(volume: string): { source: string; target: string; mode: string | undefined } {
  const [source = "", target = "", mode] = volume.split(":");
  return { source, target, mode };
}

export const kinds: readonly Kind[] = ["dev", "prod"];
