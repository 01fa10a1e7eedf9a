import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { services } from "@watchkeeper/catalogue/services";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localise, writeConfiguration } from "./configuration.ts";
import { PROJECT_ROOT } from "./paths.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-configuration-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("addresses of services and of the console become this machine's; nothing that only looks alike does", () => {
  const text =
    "app:4702 myapp:4702 app:47021 http://pager:4704/x http://localhost:4700/runbooks/A redis:4722";
  expect(localise(text, 14_700)).toBe(
    "127.0.0.1:14702 myapp:4702 app:47021 http://127.0.0.1:14704/x http://127.0.0.1:14700/runbooks/A 127.0.0.1:14722",
  );
});

test("the configuration that servers read names no service by host", () => {
  const token = join(folder, "token");
  writeFileSync(token, "secret");
  const out = join(folder, "out");
  const { prometheus } = writeConfiguration(join(PROJECT_ROOT, "prometheus"), out, 14_700, token);
  const written = [
    prometheus,
    join(out, "alertmanager.yml"),
    ...readdirSync(join(out, "rules")).map((file) => join(out, "rules", file)),
  ]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  expect(written).toContain("127.0.0.1:14702");
  expect(written).toContain("http://127.0.0.1:14700/runbooks/ServiceDown");
  for (const name of Object.keys(services)) expect(written).not.toMatch(new RegExp(`\\b${name}:47\\d\\d\\b`));
});

test("with a token of /metrics Prometheus shows it to our processes, and to nobody else", () => {
  const token = join(folder, "token");
  writeFileSync(token, "secret");
  const generated = join(PROJECT_ROOT, "prometheus");
  const { prometheus } = writeConfiguration(generated, join(folder, "out"), 14_700, token, "t".repeat(16));
  const jobs = readFileSync(prometheus, "utf8").split("  - job_name: ").slice(1);
  const carrying = jobs.filter((job) => job.includes("credentials_file: metrics-token"));
  expect(carrying.map((job) => job.split("\n")[0]).sort()).toEqual(["app", "collector", "console", "pager"]);
  expect(readFileSync(join(folder, "out/metrics-token"), "utf8")).toBe(`${"t".repeat(16)}\n`);
  expect(statSync(join(folder, "out/metrics-token")).mode & 0o777).toBe(0o600);
});

test("without generated files one is told to make them", () => {
  expect(() => writeConfiguration(join(folder, "nothing"), join(folder, "out"), 4700, "unused")).toThrow(
    /^Cannot write the configuration as .* is missing: run npm run gen$/,
  );
});
