import { readAppSettings } from "@watchkeeper/app/settings";
import { readTrafficSettings } from "@watchkeeper/app/traffic/run";
import { readCollectorSettings } from "@watchkeeper/collector/settings";
import { settingsSchema } from "@watchkeeper/console/settings";
import { readInboxSettings } from "@watchkeeper/inbox/run";
import { parsePagerSettings } from "@watchkeeper/pager/settings";
import { parseSettings } from "@watchkeeper/process/settings";
import { openTelemetry } from "@watchkeeper/process/telemetry";
import { afterAll, expect, test } from "vitest";
import { environmentOf, makeTestSecrets, onHost } from "./test-environment.ts";
import { type Kind, kinds, loadStack } from "./test-stack.ts";

const secrets = makeTestSecrets();
afterAll(() => secrets.remove());

type Environment = Readonly<Record<string, string>>;

/** What each process makes of its environment, by the name of its service. */
const readers = {
  app: readAppSettings,
  collector: readCollectorSettings,
  pager: parsePagerSettings,
  console: (env: Environment) => parseSettings("WATCHKEEPER_CONSOLE", settingsSchema, env),
  inbox: readInboxSettings,
  traffic: readTrafficSettings,
} as const;

const processes = (kind: Kind) =>
  Object.entries(loadStack(kind).services).flatMap(([name, service]) => {
    if (!Object.hasOwn(readers, name)) return [];
    const env = Object.entries(environmentOf(service)).map(([variable, value]): [string, string] => [
      variable,
      onHost(value, secrets.folder),
    ]);
    return [[name as keyof typeof readers, Object.fromEntries(env)] as const];
  });

test.each(kinds.flatMap((kind) => processes(kind).map(([name, env]) => [kind, name, env] as const)))(
  "in the %s stack the settings of %s are what the process asks for",
  async (_kind, name, env) => {
    const settings = readers[name](env);
    if (name !== "traffic") expect(settings).toMatchObject({ host: "0.0.0.0" });
    const telemetry = openTelemetry(name, env, { write: () => undefined });
    await telemetry.close(0);
  },
);

test("a demo reaches its stand-in by every channel, an installation the channels of its example", () => {
  const channels = (kind: Kind) => {
    const [, env] = processes(kind).find(([name]) => name === "pager") ?? [];
    const { channels } = parsePagerSettings(env ?? {});
    return Object.entries(channels).flatMap(([name, settings]) => (settings === undefined ? [] : [name]));
  };
  expect(channels("dev")).toEqual(["slack", "email", "pagerduty", "ntfy", "twilio", "webhook"]);
  expect(channels("prod")).toEqual(["slack", "email", "pagerduty"]);
});

test("an installation has no demo in it", () => {
  const env = Object.fromEntries(processes("prod"));
  expect(readAppSettings(env.app ?? {}).demoPassword).toBeUndefined();
  expect(readCollectorSettings(env.collector ?? {})).toMatchObject({ demoHistory: false });
  expect(Object.keys(env)).toEqual(["app", "collector", "pager", "console"]);
});

test("a setting that no process knows is refused", () => {
  const [, env] = processes("dev").find(([name]) => name === "app") ?? [];
  expect(() => readAppSettings({ ...env, WATCHKEEPER_APP_HTPP_PORT: "1" })).toThrow(
    "Cannot use WATCHKEEPER_APP_HTPP_PORT",
  );
});
