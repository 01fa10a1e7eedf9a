import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "@watchkeeper/testing/poll";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "./build.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const execute = promisify(execFile);

/** An app of somebody else: the packed file in its node_modules, and what it brings along itself. */
let app: string;

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), "exporters-"));
  await buildPackage(join(app, "built"));
  const { stdout } = await execute("npm", ["pack", "--json", "--offline"], { cwd: join(app, "built") });
  const [{ filename }] = JSON.parse(stdout);
  const installed = join(app, "node_modules/@watchkeeper/exporters");
  await mkdir(installed, { recursive: true });
  await execute("tar", ["-xzf", join(app, "built", filename), "--strip-components=1", "-C", installed]);
  for (const name of ["@opentelemetry", "express", "pg", "prom-client", "pino", "@types"]) {
    await symlink(join(ROOT, "node_modules", name), join(app, "node_modules", name));
  }
  await writeFile(join(app, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => rm(app, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function runFile(name: string, text: string): Promise<string> {
  await writeFile(join(app, name), text);
  return (await execute(process.execPath, [join(app, name)], { cwd: app })).stdout.trim();
}

test("nothing happens on import, as a module and as CommonJS", async () => {
  const look = `
    const handles = process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe|FS|Close/.test(kind));
    console.log(JSON.stringify([Object.keys(library).includes("instrument"), prom.register.getMetricsAsArray().length, handles]));`;
  const nothing = JSON.stringify([true, 0, []]);
  const esm = `import prom from "prom-client"; import * as library from "@watchkeeper/exporters";`;
  const cjs = `const prom = require("prom-client"); const library = require("@watchkeeper/exporters");`;
  expect(await runFile("look.mjs", esm + look)).toBe(nothing);
  expect(await runFile("look.cjs", cjs + look)).toBe(nothing);
});

test.each(["mjs", "cjs"])("the worker serves what an app counts, installed as .%s", async (ending) => {
  const load =
    ending === "mjs"
      ? `import { createMetrics, startScrapeWorker, Counter } from "@watchkeeper/exporters";`
      : `const { createMetrics, startScrapeWorker, Counter } = require("@watchkeeper/exporters");`;
  const program = `${load}
    (async () => {
      const metrics = createMetrics({ shared: true });
      new Counter({ name: "mine_total", help: "h", registers: [metrics.registry], shared: true }).inc(3);
      const worker = await startScrapeWorker({ host: "127.0.0.1", port: 0, metrics });
      console.log(await (await fetch("http://127.0.0.1:" + worker.port + "/metrics")).text());
      await worker.close();
    })();`;
  expect(await runFile(`worker.${ending}`, program)).toContain("mine_total 3");
});

test("types are found, as a module and as CommonJS", async () => {
  const use = `
    const { serveMetrics }: Instrumented = instrument(express(), { tenantOf: ({ locals }) => locals.tenant });
    // @ts-expect-error a port is a number
    void serveMetrics({ port: "9464" });`;
  const esm = `import express from "express"; import { instrument, type Instrumented } from "@watchkeeper/exporters";`;
  const cjs = `import express = require("express"); import { instrument, type Instrumented } from "@watchkeeper/exporters";`;
  await writeFile(join(app, "types.mts"), esm + use);
  await writeFile(join(app, "types.cts"), cjs + use);
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--module",
    "nodenext",
    "--esModuleInterop",
    "--types",
    "node",
  ];
  await execute(process.execPath, [tsc, ...args, "types.mts", "types.cts"], { cwd: app });
});

test("the ten lines of the README export an app", async () => {
  const start = /```js\n([^`]+)```/.exec(await readFile(README, "utf8"))?.[1] ?? "";
  expect(start.trim().split("\n").filter(Boolean).length).toBeLessThanOrEqual(10);
  const [port, opsPort] = [await freePort(), await freePort()];
  await writeFile(
    join(app, "start.mjs"),
    start.replace("3000", String(port)).replace("9464", String(opsPort)),
  );
  const child = spawn(process.execPath, ["start.mjs"], { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
  try {
    await until("the app", async () => (await fetch(`http://127.0.0.1:${port}/people/7`)).ok || undefined);
    const text = await until("its metrics", async () =>
      (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text(),
    );
    expect(text).toContain('http_requests_total{method="GET",route="/people/:id",status="200"} 1\n');
  } finally {
    child.kill();
  }
});
