import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CLONE, loadStack, readStackFile, versions } from "./test-stack.ts";

interface Instruction {
  readonly name: string;
  readonly text: string;
}
interface Stage {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** The Dockerfile by its stages. */
function parseDockerfile(text: string): readonly Stage[] {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of text.split("\n")) {
    const [, name, rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, base = "", stage = ""] = name === "FROM" ? (/^(\S+) AS ([\w-]+)$/.exec(rest) ?? []) : [];
    if (name === "FROM") stages.push({ base, name: stage, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

const stages = parseDockerfile(readStackFile("Dockerfile"));
const stage = (name: string): Stage => {
  const found = stages.find((one) => one.name === name);
  if (!found) throw new Error(`no stage ${name}`);
  return found;
};

/** Instructions of a stage and of those that it is built on, the oldest first. */
function chain(name: string): readonly Instruction[] {
  const { base, instructions } = stage(name);
  return [...(stages.some((one) => one.name === base) ? chain(base) : []), ...instructions];
}

const last = (name: string, instruction: string): string | undefined =>
  chain(name).findLast((one) => one.name === instruction)?.text;

const targets = Object.values(loadStack("dev").services).flatMap(({ build }) =>
  build ? [build.target] : [],
);
const processes = ["app", "traffic", "collector", "pager", "console", "inbox"];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const workspaces: readonly string[] = JSON.parse(
  readFileSync(join(CLONE, "package.json"), "utf8"),
).workspaces;
const manifests = new Map(
  workspaces.map((folder): [string, { folder: string; manifest: Manifest }] => {
    const manifest: Manifest = JSON.parse(readFileSync(join(CLONE, folder, "package.json"), "utf8"));
    return [manifest.name, { folder, manifest }];
  }),
);

/** Our folders that a package needs at run time, itself among them. */
function foldersOf(name: string, seen = new Set<string>()): ReadonlySet<string> {
  const found = manifests.get(name);
  if (!found || seen.has(found.folder)) return seen;
  seen.add(found.folder);
  for (const dependency of Object.keys(found.manifest.dependencies ?? {})) foldersOf(dependency, seen);
  return seen;
}

test("every target that the stack builds is there, on an image that versions.env names", () => {
  for (const target of targets) expect(stages.map(({ name }) => name)).toContain(target);
  const bases = stages.map(({ base }) => base).filter((base) => base.startsWith("$"));
  expect(bases).toEqual([`\${NODE_IMAGE}`, `\${BUSYBOX_IMAGE}`, `\${OTEL_COLLECTOR_IMAGE}`]);
  for (const base of bases) expect(versions).toHaveProperty(base.slice(2, -1));
  const known = new Set(stages.map(({ name }) => name));
  for (const { base } of stages) expect(base.startsWith("$") || known.has(base)).toBe(true);
});

test.each(targets)("the image of %s does not run as root, and brings no tool that builds", (target) => {
  expect(last(target, "USER")).toMatch(/^(?:node|[1-9]\d*:\d+)$/);
  const names = chain(target).map(({ name }) => name);
  expect(names).not.toContain("ADD");
  for (const { text } of chain(target).filter(({ name }) => name === "RUN")) {
    expect(text).not.toMatch(/apt|apk|curl|wget|npm|chmod 777/);
  }
});

describe.each(processes)("the image of %s", (process) => {
  const own = process === "traffic" ? "app" : process;
  const copies = chain(process).filter(({ name, text }) => name === "COPY" && !text.startsWith("--from"));
  const copied = copies.flatMap(({ text }) => text.split(" ").slice(0, -1));

  test("holds what the process and its packages are made of", () => {
    for (const folder of foldersOf(`@watchkeeper/${own}`)) expect(copied).toContain(folder);
    for (const path of copied) expect([path, existsSync(join(CLONE, path))]).toEqual([path, true]);
  });

  test("has the packages of that process, without those for working on it", () => {
    const from = chain(process).find(({ text }) => text.startsWith("--from"))?.text;
    expect(from).toBe(`--from=${own}-packages /watchkeeper ./`);
    const [install] = stage(`${own}-packages`).instructions;
    expect(install?.text).toBe(`$NPM_CI --workspace=@watchkeeper/${own}`);
    expect(last("packages", "ENV")).toMatch(/npm ci --omit=dev .*--ignore-scripts/);
  });

  test("starts the same file as the native stack, with the same loader", () => {
    const command: readonly string[] = JSON.parse(last(process, "CMD") ?? "[]");
    const [node, flag, loader, main = ""] = command;
    expect([node, flag, loader]).toEqual(["node", "--import", "tsx"]);
    expect(existsSync(join(CLONE, main))).toBe(true);
    const native = readFileSync(join(CLONE, "compose/native/src/own-processes.ts"), "utf8");
    expect(native).toContain(`"${main}"`);
  });
});

test("neither secrets nor the clone's own packages get into an image", () => {
  const ignored = readStackFile("Dockerfile.dockerignore").split("\n");
  expect(ignored).toEqual(
    expect.arrayContaining([
      "**/node_modules",
      ".git",
      ".watchkeeper",
      "compose/docker/secrets",
      "compose/docker/*.env",
    ]),
  );
});

test("the health check says by its exit code, and in one line, what it found", () => {
  const ask = (url: string) => {
    try {
      execFileSync(process.execPath, [join(CLONE, "compose/docker/healthy.mjs"), url], { stdio: "pipe" });
      return "well";
    } catch (error) {
      return String((error as { stderr: Buffer }).stderr);
    }
  };
  expect(ask("data:text/plain,ok")).toBe("well");
  expect(ask("http://127.0.0.1:1/readyz")).toMatch(/^Cannot reach http:\/\/127\.0\.0\.1:1\/readyz: .+\n$/);
});
