import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchPackages, libraryPath } from "@watchkeeper/native/apt-root";
import { freePort } from "@watchkeeper/native/free-port";
import { TOOLS_FOLDER } from "@watchkeeper/native/paths";
import { until } from "@watchkeeper/testing/poll";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestSecrets, onHost, type TestSecrets } from "./test-environment.ts";
import { FOLDER } from "./test-stack.ts";

/** A real nginx with our configuration, and a stand-in for everything behind it. */
let work: string;
let secrets: TestSecrets;
let behind: Server;
let nginx: ChildProcess | undefined;
let said = "";
const port = { http: 0, https: 0, health: 0 };
const asked: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];

interface Program {
  readonly path: string;
  readonly mimeTypes: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The host's nginx, or one that its apt fetches into a folder of the clone. */
async function obtainNginx(): Promise<Program> {
  const path = "/usr/sbin/nginx";
  if (existsSync(path)) return { path, mimeTypes: "/etc/nginx/mime.types", env: process.env };
  const root = await fetchPackages(join(TOOLS_FOLDER, "nginx"), ["nginx-light"], () => undefined);
  return {
    path: join(root, path),
    mimeTypes: join(root, "etc/nginx/mime.types"),
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath(root) },
  };
}

/** Our files with this machine's places: ports, folders, and the stand-in wherever a container is asked. */
function localise(text: string, folder: string, upstream: number): string {
  return (
    onHost(text, secrets.folder)
      .replaceAll("/etc/nginx/", `${folder}/`)
      .replace(/(pid|_temp_path) \/tmp/g, `$1 ${folder}/tmp`)
      .replaceAll("/dev/stdout", `${folder}/tmp/access.log`)
      .replace(/listen 127\.0\.0\.1:8081/g, `listen 127.0.0.1:${port.health}`)
      .replace(/listen 8080/g, `listen 127.0.0.1:${port.http}`)
      .replace(/listen 8443/g, `listen 127.0.0.1:${port.https}`)
      .replace(/http:\/\/[a-z]+:\d+;/g, `http://127.0.0.1:${upstream};`)
      // Newer than Debian's nginx, where it is a word of `listen`.
      .replace(/^ +http2 on;\n/gm, "")
  );
}

beforeAll(async () => {
  const program = await obtainNginx();
  secrets = makeTestSecrets();
  work = mkdtempSync(join(tmpdir(), "watchkeeper-nginx-"));
  const folder = join(work, "nginx");
  mkdirSync(join(folder, "tmp"), { recursive: true });
  cpSync(join(FOLDER, "nginx"), folder, { recursive: true });
  behind = createServer((incoming, answer) => {
    asked.push({ url: incoming.url, headers: incoming.headers });
    answer.end("from behind");
  });
  behind.listen(0, "127.0.0.1");
  await once(behind, "listening");
  for (const name of ["http", "https", "health"] as const) port[name] = await freePort();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".conf")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), localise(text, folder, (behind.address() as AddressInfo).port));
  }
  cpSync(program.mimeTypes, join(folder, "mime.types"));
  const asRoot = process.getuid?.() === 0 ? "user root; " : "";
  const args = ["-c", join(folder, "nginx.conf"), "-p", folder, "-g", `${asRoot}daemon off;`];
  nginx = spawn(program.path, args, { env: program.env, stdio: ["ignore", "ignore", "pipe"] });
  nginx.stderr?.on("data", (data: Buffer) => {
    said = (said + data.toString()).slice(-2_000);
  });
  await until("nginx", async () => {
    if (nginx?.exitCode !== null) throw new Error(said);
    return (await ask("http", "any", "/healthz", {}, port.health)).status === 200 || undefined;
  });
});

afterAll(async () => {
  if (nginx && nginx.exitCode === null) {
    const ended = once(nginx, "exit");
    nginx.kill("SIGTERM");
    await ended;
  }
  behind.close();
  rmSync(work, { recursive: true, force: true });
  secrets.remove();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const ask = (
  scheme: "http" | "https",
  host: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  at = port[scheme],
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const start = scheme === "http" ? httpRequest : httpsRequest;
    const options = {
      host: "127.0.0.1",
      port: at,
      path,
      headers: { host, ...headers },
      agent: false as const,
    };
    const tls = scheme === "http" ? {} : { servername: host, rejectUnauthorized: false };
    const sent = start({ ...options, ...tls }, (answer) => {
      let body = "";
      answer.on("data", (data: Buffer) => {
        body += data.toString();
      });
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });

test("nginx takes the configuration without a word", () => {
  expect(said).toBe("");
});

test("whoever comes without TLS is sent to the same place with it", async () => {
  const { status, headers } = await ask("http", "console.localhost", "/boards/overview?from=now-1h");
  expect([status, headers.location]).toEqual([308, "https://console.localhost/boards/overview?from=now-1h"]);
});

test.each(["console", "directory", "grafana", "inbox"])(
  "%s is reached by its name, whatever the domain",
  async (name) => {
    const host = `${name}.watch.example.com`;
    const { status, body, headers } = await ask("https", host, "/some/path?a=b");
    expect([status, body]).toEqual([200, "from behind"]);
    expect(asked.at(-1)).toMatchObject({
      url: "/some/path?a=b",
      headers: { host, "x-forwarded-proto": "https" },
    });
    if (name !== "inbox") expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  },
);

test("what a visitor says about addresses and requests does not get through", async () => {
  const lie = { "x-forwarded-for": "10.0.0.1", "x-forwarded-proto": "gopher", "x-request-id": "mine" };
  await ask("https", "directory.localhost", "/", lie);
  const headers = asked.at(-1)?.headers;
  expect(headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" });
  expect(headers?.["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
});

test("of the pager only what providers and phones need is reached", async () => {
  for (const path of ["/actions/slack", "/calendars/ada.ics"]) {
    expect((await ask("https", "pager.localhost", path)).status).toBe(200);
    expect((await ask("http", "pager.localhost", path)).status).toBe(200);
  }
  const before = asked.length;
  for (const path of ["/webhooks/alertmanager", "/api/incidents", "/", "/actions"]) {
    expect((await ask("https", "pager.localhost", path)).status).toBe(404);
    expect((await ask("http", "pager.localhost", path)).status).toBe(404);
  }
  expect(asked.length).toBe(before);
});

test("the log has no query, and no address of the pager: both can hold what only one person may know", async () => {
  await ask("https", "console.localhost", "/login?token=once");
  await ask("https", "pager.localhost", "/actions/links/sealed");
  const log = readFileSync(join(work, "nginx/tmp/access.log"), "utf8");
  const lines = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({
    service: "nginx",
    host: "console.localhost",
    path: "/login",
    status: 200,
  });
  expect(log).not.toMatch(/token|once|sealed|actions/);
});

test("a name that is not ours gets no answer and no certificate", async () => {
  await expect(ask("https", "prometheus.localhost", "/")).rejects.toThrow();
});

test("whoever guesses passwords is held back, and others are not kept from the page", async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => ask("https", "directory.localhost", "/api/login")),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(5);
  expect(refused.length).toBeLessThan(12);
  expect((await ask("https", "directory.localhost", "/people")).status).toBe(200);
});
