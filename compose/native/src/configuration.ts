import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONSOLE_URL } from "@watchkeeper/catalogue/names";
import { DEFAULT_PORT_BASE, type Service, services } from "@watchkeeper/catalogue/services";
import { portOf } from "./ports.ts";
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

function copyLocalised(from: string, to: string, portBase: number): void {
  writeFileSync(to, localise(readFileSync(from, "utf8"), portBase));
}

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
 */
export function writeConfiguration(
  generated: string,
  folder: string,
  portBase: number,
  ingestTokenFile: string,
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
  return {
    prometheus: file("prometheus.yml"),
    alertmanager: file("alertmanager.yml"),
    blackbox: file("blackbox.yml"),
  };
}
