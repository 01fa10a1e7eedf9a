import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { environmentOf } from "./test-environment.ts";
import { CLONE, FOLDER, kinds, loadStack, networksOf, readStackFile, type Stack } from "./test-stack.ts";

/** Who asks an address, and where the file stands that says so. */
interface Mention {
  readonly from: string;
  readonly host: string;
  readonly port: string;
}

const ADDRESS = /(?<![\w.$-])([a-z][a-z0-9.-]*):(\d{2,5})(?![\d.])/g;

const mentionsIn = (from: string, text: string): readonly Mention[] =>
  [...text.matchAll(ADDRESS)].map(([, host = "", port = ""]) => ({ from, host, port }));

/** Configuration that a server reads, by the server. What people read in comments is no address. */
const configuration: Readonly<Record<string, readonly string[]>> = {
  prometheus: [join(FOLDER, "generated/prometheus.yml")],
  alertmanager: [join(CLONE, "prometheus/generated/alertmanager.yml")],
  loki: [join(FOLDER, "loki/loki.yaml")],
  tempo: [join(FOLDER, "tempo/tempo.yaml")],
  "otel-collector": [join(FOLDER, "otel-collector/config.yaml")],
  alloy: [join(FOLDER, "alloy/config.alloy")],
  grafana: [join(CLONE, "grafana/provisioning/datasources/generated/watchkeeper.yaml")],
  nginx: readdirSync(join(FOLDER, "nginx/sites")).map((name) => join(FOLDER, "nginx/sites", name)),
};

const withoutComments = (text: string): string => text.replace(/^\s*(?:#|\/\/).*$/gm, "");

/** Addresses of the container itself, of people's browsers, and of others' servers. */
const isElsewhere = ({ host }: Mention): boolean =>
  /^(?:127\.|localhost$|nothing$)|\.(?:example\.com|localhost)$/.test(host) && host !== "pager.localhost";

/** For the probes: the blackbox exporter asks, whoever tells it to. */
const PROBED = /http:\/\/app:4701\/healthz/;

function mentions(stack: Stack, kind: (typeof kinds)[number]): readonly Mention[] {
  const fromEnvironment = Object.entries(stack.services).flatMap(([name, service]) =>
    // What is told to the container that writes the configuration is what Alertmanager will ask.
    mentionsIn(
      name === "configuration" ? "alertmanager" : name,
      Object.values(environmentOf(service)).join("\n"),
    ),
  );
  const fromFiles = Object.entries(configuration).flatMap(([name, files]) =>
    files.flatMap((file) => mentionsIn(name, withoutComments(readFileSync(file, "utf8")))),
  );
  const fromDev =
    kind === "dev" ? mentionsIn("nginx", withoutComments(readStackFile("nginx/dev-sites/inbox.conf"))) : [];
  const made = readStackFile("make-secrets.sh");
  const stores = ["app", "collector", "redis-exporter", "grafana-rights"].flatMap((name) =>
    mentionsIn(name, made).filter(
      ({ host }) => host !== "pager-postgres" && (name !== "redis-exporter" || host === "redis"),
    ),
  );
  const pager = mentionsIn("pager", made).filter(({ host }) => host === "pager-postgres");
  return [...fromEnvironment, ...fromFiles, ...fromDev, ...stores, ...pager].filter(
    (mention) => !isElsewhere(mention) && !(kind === "prod" && mention.host === "inbox"),
  );
}

/** What a container reaches under a name: those that share a network in which they are called so. */
function problemOf(stack: Stack, { from, host, port }: Mention): readonly string[] {
  const mine = networksOf(from, stack.services[from] ?? {});
  const found = Object.entries(stack.services).find(([name, service]) =>
    [...networksOf(name, service)].some(([network, names]) => mine.has(network) && names.includes(host)),
  );
  if (!found) return [`${from} cannot reach ${host}`];
  const [, { expose = [] }] = found;
  return expose.includes(port) ? [] : [`${from} asks ${host}:${port}, where nothing listens`];
}

describe.each(kinds)("in the %s stack", (kind) => {
  const stack = loadStack(kind);
  const all = mentions(stack, kind);

  test("every address that one service uses is offered by another that it can reach", () => {
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all.map(({ from }) => from)).size).toBeGreaterThan(12);
    expect(all.flatMap((mention) => problemOf(stack, mention))).toEqual([]);
  });

  test("the probes' targets are reached from where they are asked", () => {
    expect(readFileSync(join(FOLDER, "generated/prometheus.yml"), "utf8")).toMatch(PROBED);
    expect(problemOf(stack, { from: "blackbox-exporter", host: "app", port: "4701" })).toEqual([]);
  });

  test("whoever asks for what no one offers, or is in another zone, is found", () => {
    expect(problemOf(stack, { from: "app", host: "redis", port: "6379" })).toEqual([
      "app asks redis:6379, where nothing listens",
    ]);
    expect(problemOf(stack, { from: "nginx", host: "redis", port: "4722" })).toEqual([
      "nginx cannot reach redis",
    ]);
    expect(problemOf(stack, { from: "app", host: "pager-postgres", port: "4721" })).toEqual([
      "app cannot reach pager-postgres",
    ]);
  });

  test("what a server listens on is what its configuration or its command says", () => {
    for (const [name, { expose = [], command = [], environment = {} }] of Object.entries(stack.services)) {
      const files = [
        ...(configuration[name] ?? []),
        ...(name === "nginx" ? [join(FOLDER, "nginx/nginx.conf")] : []),
      ];
      const conf = name === "redis" ? [join(FOLDER, "redis/valkey.conf")] : files;
      const said = [
        ...command,
        ...Object.values(environment),
        ...conf.map((file) => readFileSync(file, "utf8")),
      ].join("\n");
      for (const port of expose)
        expect([name, said.match(new RegExp(`\\b${port}\\b`))?.[0]]).toEqual([name, port]);
    }
  });
});
