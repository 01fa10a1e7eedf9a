import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONSOLE_URL } from "@watchkeeper/catalogue/names";
import { DEFAULT_PORT_BASE, type Service, services } from "@watchkeeper/catalogue/services";
import { portOf } from "./ports.ts";
import { writePrivate } from "./secrets.ts";
import { StackError } from "./stack-error.ts";

/**
 * Puts this machine's addresses into a generated file. Generated files name services as a container network does
 * (`app:4702`); natively each is a port of 127.0.0.1.
 */
export function localise(text: string, portBase: number): string {
  let result = text.replaceAll(CONSOLE_URL, `http://127.0.0.1:${portOf(portBase, "console", "http")}`);
  for (const [name, service] of Object.entries(services) as [string, Service][]) {
    for (const port of Object.values(service.ports)) {
      const address = new RegExp(`(?<![\\w.-])${name}:${port}(?!\\d)`, "g");
      result = result.replace(address, `127.0.0.1:${portBase + port - DEFAULT_PORT_BASE}`);
    }
  }
  return result;
}

/** Lets Prometheus into `/metrics` of our own processes with a token that lies beside its configuration. */
const withToken = (prometheusYml: string): string =>
  prometheusYml.replace(/^ {2}- job_name: (\S+)\n/gm, (line, job: string) => {
    const ports = (services as Readonly<Record<string, Service>>)[job]?.ports;
    const isOurs = ports !== undefined && "ops" in ports;
    return isOurs ? `${line}    authorization:\n      credentials_file: ${METRICS_TOKEN}\n` : line;
  });

function copyLocalised(from: string, to: string, portBase: number): void {
  writeFileSync(to, localise(readFileSync(from, "utf8"), portBase));
}

const METRICS_TOKEN = "metrics-token";

/** Where the servers find their configuration. */
export interface Configuration {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly blackbox: string;
}

/**
 * Writes the configuration that Prometheus, Alertmanager and the blackbox exporter read, from the generated files.
 *
 * @param generated the clone's `prometheus` folder
 * @param folder where to write; what an earlier start wrote there is replaced
 * @param ingestTokenFile the secret with which Alertmanager calls the pager
 * @param metricsToken without which our processes refuse to be scraped; undefined where they are open
 */
export function writeConfiguration(
  generated: string,
  folder: string,
  portBase: number,
  ingestTokenFile: string,
  metricsToken?: string,
): Configuration {
  const rulesFrom = join(generated, "rules/generated");
  const rulesTo = join(folder, "rules");
  rmSync(rulesTo, { recursive: true, force: true });
  mkdirSync(rulesTo, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  try {
    for (const name of ["prometheus.yml", "alertmanager.yml", "blackbox.yml"]) {
      copyLocalised(join(generated, "generated", name), file(name), portBase);
    }
    for (const name of readdirSync(rulesFrom))
      copyLocalised(join(rulesFrom, name), join(rulesTo, name), portBase);
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    throw new StackError(
      `Cannot write the configuration as ${path ?? String(error)} is missing: run npm run gen`,
    );
  }
  cpSync(ingestTokenFile, file("pager-ingest-token"));
  if (metricsToken !== undefined) {
    writePrivate(file(METRICS_TOKEN), `${metricsToken}\n`);
    writeFileSync(file("prometheus.yml"), withToken(readFileSync(file("prometheus.yml"), "utf8")));
  }
  return {
    prometheus: file("prometheus.yml"),
    alertmanager: file("alertmanager.yml"),
    blackbox: file("blackbox.yml"),
  };
}
