import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { METRICS_RETENTION_DAYS } from "@watchkeeper/catalogue/retention";
import { LOG_LEVELS } from "@watchkeeper/telemetry/loki/batch";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { makeTestSecrets, onHost, type TestSecrets } from "./test-environment.ts";
import { CLONE, FOLDER, type Kind, kinds, loadStack, readStackFile } from "./test-stack.ts";

let secrets: TestSecrets;
let source: string;
const folders: string[] = [];
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-configuration-"));
  folders.push(folder);
  return folder;
};

beforeAll(() => {
  secrets = makeTestSecrets();
  source = temporary();
  // As compose.yaml mounts them.
  symlinkSync(join(CLONE, "prometheus"), join(source, "prometheus"));
  symlinkSync(join(FOLDER, "generated"), join(source, "docker"));
});
afterAll(() => {
  secrets.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function write(env: Readonly<Record<string, string>>): string {
  const to = temporary();
  execFileSync("/bin/sh", [join(FOLDER, "write-configuration.sh"), source, to], {
    env: { PATH: process.env.PATH ?? "", ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return to;
}

const environment = (kind: Kind): Readonly<Record<string, string>> =>
  loadStack(kind).services.configuration?.environment ?? {};

const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

describe.each(kinds)("the configuration of the %s stack", (kind) => {
  test("is what Prometheus and Alertmanager take, each file where it is looked for", () => {
    const folder = write(environment(kind));
    const said = execFileSync(
      toolPath("promtool"),
      ["check", "config", join(folder, "prometheus/prometheus.yml")],
      {
        encoding: "utf8",
      },
    );
    expect(said).toContain("SUCCESS");
    expect(said).toMatch(/rules\/slo\.yml\n\s+SUCCESS/);
    const alertmanager = join(folder, "alertmanager/alertmanager.yml");
    expect(execFileSync(toolPath("amtool"), ["check-config", alertmanager], { encoding: "utf8" })).toContain(
      "SUCCESS",
    );
    const commands = Object.values(loadStack(kind).services).flatMap(({ command = [] }) => command);
    for (const file of [
      "prometheus/prometheus.yml",
      "alertmanager/alertmanager.yml",
      "blackbox-exporter/blackbox.yml",
    ]) {
      expect(commands).toContain(`--config.file=/etc/watchkeeper/${file}`);
      expect(read(folder, file)).not.toBe("");
    }
  });

  test("links to where people open the console", () => {
    const folder = write(environment(kind));
    const url = kind === "dev" ? "https://console.localhost:8443" : "https://console.watch.example.com";
    for (const file of [
      "prometheus/rules/slo.yml",
      "prometheus/rules/symptoms.yml",
      "loki/rules/fake/log-lines.yml",
    ]) {
      expect(read(folder, file)).toContain(`runbook_url: ${url}/runbooks/`);
      expect(read(folder, file)).not.toContain("localhost:4700");
    }
  });

  test("lets Alertmanager read the token of the pager where it is mounted", () => {
    const text = read(write(environment(kind)), "alertmanager/alertmanager.yml");
    const files = [...text.matchAll(/credentials_file: (\S+)/g)].map(([, file = ""]) => file);
    expect(new Set(files)).toEqual(new Set(["/run/secrets/pager-ingest-token"]));
    expect(readFileSync(onHost(files[0] ?? "", secrets.folder), "utf8")).not.toBe("");
  });
});

test("Alertmanager mails through the server that an installation names, with TLS and a password", () => {
  const settings = { ...environment("prod"), FALLBACK_FROM: "Ops & co <a|b@example.com>" };
  const config = parse(read(write(settings), "alertmanager/alertmanager.yml"));
  const receiver = config.receivers.find(({ name }: { name: string }) => name === "native-fallback");
  expect(receiver.email_configs).toEqual([
    {
      to: "on-call@example.com",
      from: "Ops & co <a|b@example.com>",
      smarthost: "mail.example.com:587",
      auth_username: "alertmanager@example.com",
      auth_password_file: "/run/secrets/fallback-password",
      require_tls: true,
      send_resolved: true,
    },
  ]);
});

test("a demo's goes to the stand-in without either", () => {
  const text = read(write(environment("dev")), "alertmanager/alertmanager.yml");
  expect(text).toContain("smarthost: inbox:4731");
  expect(text).toContain("require_tls: false");
  expect(text).not.toContain("auth_");
});

test.each(["CONSOLE_URL", "FALLBACK_TO"])("without %s nothing is written, and one line says so", (name) => {
  const { [name]: _, ...others } = environment("dev");
  expect(() => write(others)).toThrow(`Cannot write the configuration as ${name} is not set`);
});

test("Prometheus keeps as long as promises need", () => {
  expect(loadStack("prod").services.prometheus?.command).toContain(
    `--storage.tsdb.retention.time=${METRICS_RETENTION_DAYS}d`,
  );
});

test("Loki keeps errors for 90 days, warnings for 60, information for 30, the rest for 7, and who did what for a year", () => {
  const { limits_config, compactor, ruler } = parse(readStackFile("loki/loki.yaml"));
  expect(compactor).toMatchObject({ retention_enabled: true, delete_request_store: "filesystem" });
  const rules: { selector: string; priority: number; period: string }[] = limits_config.retention_stream;
  const days = (labels: Readonly<Record<string, string>>): number => {
    const matching = rules.filter(({ selector }) => {
      const [, label = "", operator, value = ""] = /^\{(\w+)(=~?)"([^"]+)"\}$/.exec(selector) ?? [];
      return new RegExp(operator === "=~" ? `^(?:${value})$` : `^${value}$`).test(labels[label] ?? "");
    });
    const first = matching.sort((a, b) => b.priority - a.priority)[0];
    expect([labels, first?.selector]).not.toContain(undefined);
    return Number.parseInt(first?.period ?? "", 10) / 24;
  };
  expect(Object.fromEntries(LOG_LEVELS.map((level) => [level, days({ level })]))).toEqual({
    fatal: 90,
    error: 90,
    warn: 60,
    info: 30,
    debug: 7,
    trace: 7,
  });
  expect(days({ level: "info", stream: "audit" })).toBe(365);
  expect(ruler.storage.local.directory).toBe("/etc/watchkeeper/loki/rules");
});

test("traces that our processes have kept are kept, with every error and whatever took as long as theirs", () => {
  const { processors, service } = parse(readStackFile("otel-collector/config.yaml"));
  const { policies } = processors.tail_sampling;
  expect(policies.map(({ type }: { type: string }) => type)).toEqual([
    "status_code",
    "latency",
    "string_attribute",
    "probabilistic",
  ]);
  const ours = Object.entries(loadStack("prod").services)
    .filter(([, { environment: env = {} }]) => "WATCHKEEPER_TELEMETRY_OTLP_URL" in env)
    .map(([name]) => name);
  expect(policies[2].string_attribute.values).toEqual(ours);
  expect(service.pipelines.traces.processors[0]).toBe("memory_limiter");
});
