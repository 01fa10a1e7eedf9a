import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type Service as CatalogueService, services as catalogue } from "@watchkeeper/catalogue/services";
import { describe, expect, test } from "vitest";
import { type Service, serviceSchema } from "./test-schema.ts";
import {
  FOLDER,
  interpolate,
  kinds,
  loadComposeFile,
  loadStack,
  networksOf,
  parseVolume,
  readStackFile,
  settingsOf,
  versions,
} from "./test-stack.ts";

/** End when their work is done, so nobody asks whether they are well. */
const ONE_SHOT = ["configuration", "grafana-rights"];

/** Files that a person makes, or make-secrets.sh does. */
const MADE_AT_START = /^(?:\.\/secrets\/|\/etc\/watchkeeper\/)/;

describe.each(kinds)("the %s stack", (kind) => {
  const stack = loadStack(kind);
  const services = Object.entries(stack.services);
  const problems = (judge: (service: Service, name: string) => readonly string[]): readonly string[] =>
    services.flatMap(([name, service]) => judge(service, name).map((problem) => `${name}: ${problem}`));

  test("gives every container no rights, nothing to write to by accident, and a limit", () => {
    expect(
      problems((service) => [
        ...(service.read_only ? [] : ["can write to its image's files"]),
        ...(service.cap_drop?.includes("ALL") ? [] : ["keeps capabilities"]),
        ...(service.security_opt?.includes("no-new-privileges:true") ? [] : ["can gain privileges"]),
        ...(service.mem_limit ? [] : ["has no memory limit"]),
        ...(service.pids_limit ? [] : ["has no limit of processes"]),
        ...(service.logging?.options["max-size"] ? [] : ["writes a log without end"]),
        ...(/^[1-9]\d*:\d+$/.test(service.user ?? "")
          ? []
          : [`runs as ${service.user ?? "whom the image says"}`]),
      ]),
    ).toEqual([]);
  });

  test("asks every container that stays whether it is well, and starts it again", () => {
    expect(
      problems((service, name) => {
        const ends = ONE_SHOT.includes(name);
        return [
          ...((service.healthcheck === undefined) === ends ? [] : ["health check"]),
          ...(service.restart === (ends ? "no" : "unless-stopped") ? [] : [`restart: ${service.restart}`]),
        ];
      }),
    ).toEqual([]);
  });

  test("starts nothing before what it waits for, which is asked whether it is ready", () => {
    expect(
      problems(({ depends_on = {} }) =>
        Object.entries(depends_on).flatMap(([other, { condition }]) => {
          const target = stack.services[other];
          if (!target) return [`waits for ${other}, which is no service`];
          const ends = ONE_SHOT.includes(other);
          return (condition === "service_completed_successfully") === ends ? [] : [`${other}: ${condition}`];
        }),
      ),
    ).toEqual([]);
  });

  test("opens ports of the host for nginx alone, and a demo on loopback alone", () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(
      kind === "dev"
        ? ["nginx 127.0.0.1:8080:8080", "nginx 127.0.0.1:8443:8443"]
        : ["nginx 80:8080", "nginx 443:8443"],
    );
  });

  test("keeps the zones apart", () => {
    const members = (network: string): readonly string[] =>
      services.filter(([name, service]) => networksOf(name, service).has(network)).map(([name]) => name);
    expect(members("public")).toEqual(["nginx"]);
    expect(members("pager-data")).toEqual(["pager", "pager-postgres"]);
    expect(members("directory-data")).not.toContain("pager");
    for (const store of ["directory-postgres", "redis"]) {
      const networks = networksOf(store, stack.services[store] ?? {});
      expect([...networks.keys()]).toEqual(["directory-data"]);
    }
    const ways = Object.entries(stack.networks).filter(([, { internal }]) => internal !== true);
    expect(ways.map(([name]) => name)).toEqual(["public", "outbound"]);
    expect(members("outbound")).toEqual(["collector", "pager", "alertmanager"]);
    expect(members("application")).not.toContain("prometheus");
    const unknown = services.flatMap(([name, service]) =>
      [...networksOf(name, service).keys()].filter((network) => !(network in stack.networks)),
    );
    expect(unknown).toEqual([]);
  });

  test("mounts what is there, read only but for volumes", () => {
    expect(
      problems(({ volumes = [] }) =>
        volumes.map(parseVolume).flatMap(({ source, target, mode }) => {
          if (!/^[./]/.test(source)) return source in stack.volumes ? [] : [`no volume ${source}`];
          if (mode === undefined) return [`may write to ${source}`];
          if (!isAbsolute(target)) return [`${target} is no absolute path`];
          return MADE_AT_START.test(source) || existsSync(join(isAbsolute(source) ? "/" : FOLDER, source))
            ? []
            : [`${source} does not exist`];
        }),
      ),
    ).toEqual([]);
  });

  test("hands each secret to whom it names, from a file that make-secrets.sh makes, and holds none itself", () => {
    expect(
      problems(({ secrets = [], environment = {} }) => {
        const named = Object.values(environment).flatMap((value) =>
          [...value.matchAll(/\/run\/secrets\/([\w-]+)/g)].map(([, name = ""]) => name),
        );
        const inline = Object.entries(environment).filter(
          ([name, value]) => /(?:PASSWORD|SECRET|TOKEN|KEY)$/.test(name) && value !== "",
        );
        return [
          ...secrets.filter((name) => !(name in stack.secrets)).map((name) => `no secret ${name}`),
          ...named.filter((name) => !secrets.includes(name)).map((name) => `is not given ${name}`),
          ...inline.map(([name]) => `${name} is written out`),
        ];
      }),
    ).toEqual([]);
    for (const [name, { file }] of Object.entries(stack.secrets)) expect(file).toBe(`./secrets/${name}`);
  });

  test("says under its catalogue's ports where its services listen", () => {
    const listening = Object.fromEntries(
      services.map(([name, { expose = [] }]) => [name, expose.map(Number)]),
    );
    for (const [name, { ports }] of Object.entries<CatalogueService>(catalogue)) {
      if (kind === "prod" && name === "inbox") continue;
      expect([name, ...(listening[name] ?? []).sort()]).toEqual([name, ...Object.values(ports).sort()]);
    }
  });
});

test("every image is pinned in one place, and every one that is pinned there is used", () => {
  const files = ["compose.yaml", "compose.dev.yaml", "compose.prod.yaml", "Dockerfile"]
    .map(readStackFile)
    .join("\n");
  for (const [name, image] of Object.entries(versions)) {
    expect(image).toMatch(/^[a-z0-9./_-]+:v?\d+\.\d+(?:\.\d+)?(?:-[a-z0-9.-]+)?$/);
    expect(files).toContain(`\${${name}`);
  }
  // What is built here is never pulled: the name may belong to somebody else out there.
  const ours = Object.values(loadStack("dev").services).filter(({ image = "" }) => image.endsWith(":local"));
  expect(ours.length).toBe(8);
  for (const { build, pull_policy } of ours)
    expect([build?.target, pull_policy]).toEqual([expect.any(String), "build"]);
  const named = [...files.matchAll(/^\s+image: (\S+)/gm)].map(([, image = ""]) => image);
  for (const image of named) expect(image).toMatch(/^(?:\$\{[A-Z_]+_IMAGE:\?|watchkeeper\/[a-z-]+:local$)/);
});

test("every file that it holds for a container is mounted in one", () => {
  const mounted = kinds.flatMap((kind) =>
    Object.values(loadStack(kind).services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => parseVolume(volume).source),
    ),
  );
  const folders = ["nginx", "postgres", "redis", "loki", "tempo", "otel-collector", "alloy", "generated"];
  for (const folder of folders) {
    expect(statSync(join(FOLDER, folder)).isDirectory()).toBe(true);
    expect(mounted.some((source) => source.startsWith(`./${folder}`))).toBe(true);
  }
});

test("an installation does not start without what only its owner knows", () => {
  for (const name of ["WATCHKEEPER_DOMAIN", "WATCHKEEPER_FALLBACK_SMARTHOST", "WATCHKEEPER_FALLBACK_TO"]) {
    const { [name]: _, ...others } = settingsOf("prod");
    expect(() => loadComposeFile("compose.prod.yaml", { ...versions, ...others })).toThrow(
      `Cannot start as ${name} is not set: see settings.example.env`,
    );
  }
  expect(() => loadComposeFile("compose.yaml", {})).toThrow("start the stack with ./stack.sh");
});

test("a word that Compose would not know, or we would not, is refused", () => {
  const variable = (inside: string): string => `\${${inside}}`;
  expect(interpolate(`$${variable("HOME")} ${variable("A:-b")}`, {})).toBe(`${variable("HOME")} b`);
  expect(() => interpolate(variable("A"), {})).toThrow(`${variable("A")} has no default`);
  expect(() => serviceSchema.parse({ image: "x", "read-only": true })).toThrow("read-only");
  expect(() => serviceSchema.parse({ mem_limit: "much" })).toThrow("mem_limit");
  const base = Object.keys(loadComposeFile("compose.yaml", versions).services);
  for (const kind of kinds) {
    const over = loadComposeFile(`compose.${kind}.yaml`, { ...versions, ...settingsOf(kind) });
    expect(base).toEqual(expect.arrayContaining(Object.keys(over.services)));
  }
});
