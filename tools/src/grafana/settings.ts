import { readFileSync } from "node:fs";

/** Which Grafana is asked, and as whom. */
export interface GrafanaAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly authorization: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a setting or the content of the file that `<name>_FILE` names, without blanks around it. */
function secretOf(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  const file = environment[`${name}_FILE`]?.trim();
  if (value && file) throw new Error(`Cannot use ${name} as ${name}_FILE is set, too: set one of them`);
  if (!file) return value || undefined;
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot read ${name}_FILE as opening it failed: ${code ?? String(error)}`);
  }
}

/**
 * Reads GRAFANA_URL and GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD; secrets also as `…_FILE`.
 * @returns undefined where no GRAFANA_URL is given
 * @throws Error that names the setting that is missing or wrong
 */
export function parseAccess(environment: Environment): GrafanaAccess | undefined {
  const given = environment.GRAFANA_URL?.trim();
  if (!given) return undefined;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new Error(
      `Cannot use GRAFANA_URL as it must be an address such as https://grafana.example: it is "${given}"`,
    );
  }
  const { origin, pathname, username, search, hash } = new URL(given);
  if (username || search || hash) {
    throw new Error(
      "Cannot use GRAFANA_URL as it holds more than an address: give user and password as settings of their own",
    );
  }
  const url = `${origin}${pathname}`.replace(/\/+$/, "");
  const token = secretOf(environment, "GRAFANA_TOKEN");
  const user = environment.GRAFANA_USER?.trim();
  const password = secretOf(environment, "GRAFANA_PASSWORD");
  if (token) return { url, authorization: `Bearer ${token}` };
  if (user && password) {
    return { url, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
  }
  throw new Error(
    "Cannot ask Grafana as nobody is named: set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD",
  );
}
