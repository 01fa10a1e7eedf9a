import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { COLLECTOR_ENVIRONMENT } from "@watchkeeper/catalogue/names";
import { services } from "@watchkeeper/catalogue/services";
import type { ProcessDefinition } from "./definition.ts";
import { PROJECT_ROOT, type StateFolder } from "./paths.ts";
import { portOf } from "./ports.ts";
import { alwaysHealthy, httpProbe } from "./probes.ts";
import { type SecretName, type Secrets, secretFile, writePrivate } from "./secrets.ts";
import { storeUrls } from "./servers.ts";

/** What the definitions of our own processes are made from. */
export interface OwnProcessInputs {
  readonly portBase: number;
  readonly state: StateFolder;
  readonly secrets: Secrets;
  /** Settings that a person gave for single processes; they win over ours. */
  readonly handedOn: Readonly<Record<string, string>>;
  readonly withTraffic: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** Small services: a heap that grows past this is a leak, and ending is better than swapping. */
const NODE_FLAGS = ["--max-old-space-size=256", "--max-semi-space-size=2"];

/** Every process that is our own code. */
export function defineOwnProcesses(inputs: OwnProcessInputs): ProcessDefinition[] {
  const { portBase, state, secrets, handedOn } = inputs;
  const port = (name: keyof typeof services, purpose: string): string =>
    String(portOf(portBase, name, purpose as never));
  const local = (portNumber: string): string => `http://127.0.0.1:${portNumber}`;
  const secret = (name: SecretName): string => secretFile(state.secrets, name);
  const urlFile = (name: string, url: string): string => {
    const file = join(state.run, name);
    writePrivate(file, `${url}\n`);
    return file;
  };
  const urls = storeUrls(portBase, secrets);
  const directoryUrl = urlFile("directory-postgres.url", urls.directory);
  const redisUrl = urlFile("redis.url", urls.redis);

  const own = (
    name: string,
    main: string,
    env: Environment,
    definition: Pick<ProcessDefinition, "title" | "probe" | "after" | "sources"> & Partial<ProcessDefinition>,
  ): ProcessDefinition => {
    const prefix = `WATCHKEEPER_${name.toUpperCase()}_`;
    return {
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, "--import", tsx, join(PROJECT_ROOT, main)],
      cwd: PROJECT_ROOT,
      env: {
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        NODE_ENV: "production",
        ...(process.env.TZ ? { TZ: process.env.TZ } : {}),
        ...withPrefix(prefix, env, handedOn),
      },
      stopSignal: "SIGTERM",
      isStore: false,
      ...definition,
    };
  };

  const processes = [
    own(
      "inbox",
      "inbox/src/main.ts",
      {
        HTTP_PORT: port("inbox", "http"),
        SMTP_PORT: port("inbox", "smtp"),
        // What a reader presses or replies in the inbox goes where the providers would send it.
        SLACK_REQUEST_URL: `${local(port("pager", "http"))}/actions/slack`,
        SLACK_SIGNING_SECRET_FILE: secret("standin-slack-signing-secret"),
        SMS_URL: `${local(port("pager", "http"))}/actions/twilio/text`,
      },
      {
        title: services.inbox.title,
        after: [],
        probe: httpProbe(`${local(port("inbox", "http"))}/healthz`),
        address: local(port("inbox", "http")),
        sources: ["inbox", "process", "catalogue"],
      },
    ),
    own(
      "app",
      "app/src/main.ts",
      {
        HTTP_PORT: port("app", "http"),
        OPS_PORT: port("app", "ops"),
        DATABASE_URL_FILE: directoryUrl,
        OWNER_DATABASE_URL_FILE: urlFile("directory-postgres-owner.url", urls.directoryOwner),
        CURSOR_SECRET_FILE: secret("directory-cursors"),
        // The demo's visitors say where they are, as a proxy would.
        TRUSTED_PROXIES: "loopback",
        REDIS_URL_FILE: redisUrl,
        DEMO_PASSWORD_FILE: secret("demo-password"),
      },
      {
        title: services.app.title,
        after: ["directory-postgres", "redis"],
        probe: httpProbe(`${local(port("app", "ops"))}/readyz`),
        address: local(port("app", "http")),
        sources: ["app", "exporters", "process", "catalogue"],
      },
    ),
    own(
      "collector",
      "collector/src/main.ts",
      {
        HTTP_PORT: port("collector", "http"),
        OPS_PORT: port("collector", "ops"),
        REDIS_URL_FILE: redisUrl,
        // It adds up what all tenants do, which row-level security hides from the app.
        DATABASE_URL_FILE: urlFile("directory-postgres-owner.url", urls.directoryOwner),
        PROMETHEUS_URL: local(port("prometheus", "http")),
        PAGER_URL: local(port("pager", "http")),
        PAGER_API_TOKEN_FILE: secret("pager-api-token"),
        API_TOKEN_FILE: secret("collector-api-token"),
        CONSOLE_URL: local(port("console", "http")),
        DEMO_HISTORY: "true",
        ...reportMail(inputs),
      },
      {
        title: services.collector.title,
        after: ["directory-postgres", "redis"],
        probe: httpProbe(`${local(port("collector", "ops"))}/readyz`),
        sources: ["collector", "exporters", "process", "catalogue"],
      },
    ),
    own(
      "pager",
      "pager/src/main.ts",
      {
        HTTP_PORT: port("pager", "http"),
        OPS_PORT: port("pager", "ops"),
        DATABASE_URL_FILE: urlFile("pager-postgres.url", urls.pager),
        INGEST_TOKEN_FILE: secret("pager-ingest-token"),
        API_TOKEN_FILE: secret("pager-api-token"),
        ON_CALL_PATH: join(PROJECT_ROOT, "pager/on-call.yaml"),
        CONSOLE_URL: local(port("console", "http")),
        PUBLIC_URL: local(port("pager", "http")),
        ACTION_SECRET_FILE: secret("pager-action"),
        ALERTMANAGER_URL: local(port("alertmanager", "http")),
        SNAPSHOT_DIR: join(state.data, "pager"),
        ...standInChannels(inputs),
      },
      {
        title: services.pager.title,
        after: ["pager-postgres"],
        probe: httpProbe(`${local(port("pager", "ops"))}/readyz`),
        sources: ["pager", "exporters", "process", "catalogue"],
      },
    ),
    own(
      "console",
      "console/src/main.ts",
      {
        HTTP_PORT: port("console", "http"),
        OPS_PORT: port("console", "ops"),
        PUBLIC_URL: local(port("console", "http")),
        PROMETHEUS_URL: local(port("prometheus", "http")),
        PAGER_URL: local(port("pager", "http")),
        PAGER_API_TOKEN_FILE: secret("pager-api-token"),
        COLLECTOR_URL: local(port("collector", "http")),
        COLLECTOR_API_TOKEN_FILE: secret("collector-api-token"),
        SESSION_SECRET_FILE: secret("console-session"),
        LOGIN_TOKEN_PATH: loginTokenFile(state),
        RUNBOOKS_DIR: join(PROJECT_ROOT, "docs/runbooks/generated"),
        LOGS_DIR: state.logs,
      },
      {
        title: services.console.title,
        after: [],
        probe: httpProbe(`${local(port("console", "ops"))}/readyz`),
        address: local(port("console", "http")),
        sources: ["console", "exporters", "process", "catalogue"],
      },
    ),
    ...(inputs.withTraffic
      ? [
          own(
            "traffic",
            "app/src/traffic/main.ts",
            { APP_URL: local(port("app", "http")), DEMO_PASSWORD_FILE: secret("demo-password") },
            {
              title: "Demo traffic",
              after: ["app"],
              probe: alwaysHealthy,
              sources: ["app", "process", "catalogue"],
            },
          ),
        ]
      : []),
  ];
  const collector = processes.find(({ name }) => name === "collector");
  writePrivate(join(state.root, COLLECTOR_ENVIRONMENT), `${JSON.stringify(collector?.env ?? {})}\n`);
  return processes;
}

/** Where the console leaves the token of its next sign-in link. */
export const loginTokenFile = (state: StateFolder): string => join(state.run, "console-login-token");

/** The loader by its address: a process must not depend on the folder it is started in. */
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Settings that every process of ours reads. */
const FOR_ALL = ["WATCHKEEPER_LOG_", "WATCHKEEPER_TELEMETRY_", "WATCHKEEPER_METRICS_"];

/** Puts the prefix before our settings and lets a person's win, also where one comes as a file and the other not. */
function withPrefix(prefix: string, ours: Environment, handedOn: Environment): Environment {
  const bare = (name: string): string => name.replace(/_FILE$/, "");
  const theirs = Object.entries(handedOn).filter(([name]) => name.startsWith(prefix));
  const overridden = new Set(theirs.map(([name]) => bare(name)));
  const kept = Object.entries(ours)
    .map(([name, value]): [string, string] => [`${prefix}${name}`, value])
    .filter(([name]) => !overridden.has(bare(name)));
  const forAll = Object.entries(handedOn).filter(([name]) => FOR_ALL.some((start) => name.startsWith(start)));
  return Object.fromEntries([...kept, ...theirs, ...forAll]);
}

/** Reports go through the mail server that the pager was given; without one, to the stand-in. */
function reportMail({ portBase, handedOn }: OwnProcessInputs): Environment {
  const ofPager = Object.entries(handedOn).flatMap(([name, value]): [string, string][] => {
    const [, setting] = /^WATCHKEEPER_PAGER_((?:SMTP_URL|EMAIL_FROM|EMAIL_TO)(?:_FILE)?)$/.exec(name) ?? [];
    return setting === undefined ? [] : [[setting, value]];
  });
  if (ofPager.length > 0) return Object.fromEntries(ofPager);
  return {
    SMTP_URL: `smtp://127.0.0.1:${portOf(portBase, "inbox", "smtp")}`,
    EMAIL_FROM: "Watchkeeper <watchkeeper@localhost>",
    EMAIL_TO: "managers@localhost",
  };
}

/** The settings with which a channel speaks to the stand-in, as long as a person has set none of that channel's. */
function standInChannels({ portBase, state, handedOn }: OwnProcessInputs): Environment {
  const inbox = `http://127.0.0.1:${portOf(portBase, "inbox", "http")}`;
  const channels: readonly { readonly settings: readonly string[]; readonly env: Environment }[] = [
    {
      settings: ["SLACK_"],
      env: {
        SLACK_TOKEN_FILE: secretFile(state.secrets, "standin-slack-token"),
        SLACK_CHANNEL: "#incidents",
        SLACK_API_URL: `${inbox}/slack/api/`,
        SLACK_SIGNING_SECRET_FILE: secretFile(state.secrets, "standin-slack-signing-secret"),
      },
    },
    {
      settings: ["SMTP_", "EMAIL_"],
      env: {
        SMTP_URL: `smtp://127.0.0.1:${portOf(portBase, "inbox", "smtp")}`,
        EMAIL_FROM: "Watchkeeper <watchkeeper@localhost>",
        EMAIL_TO: "on-call@localhost",
      },
    },
    {
      settings: ["PAGERDUTY_"],
      env: {
        PAGERDUTY_ROUTING_KEY_FILE: secretFile(state.secrets, "standin-pagerduty-routing-key"),
        PAGERDUTY_URL: `${inbox}/pagerduty`,
      },
    },
    {
      settings: ["NTFY_"],
      env: { NTFY_URL: `${inbox}/ntfy` },
    },
    {
      settings: ["TWILIO_"],
      env: {
        TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
        TWILIO_AUTH_TOKEN_FILE: secretFile(state.secrets, "standin-twilio-auth-token"),
        TWILIO_FROM: "+15550100100",
        TWILIO_URL: `${inbox}/twilio`,
      },
    },
    {
      settings: ["WEBHOOK_"],
      env: {
        WEBHOOK_URL: `${inbox}/webhook/watchkeeper`,
        WEBHOOK_SECRET_FILE: secretFile(state.secrets, "standin-webhook-secret"),
      },
    },
  ];
  const isTheirs = (setting: string): boolean =>
    Object.keys(handedOn).some((name) => name.startsWith(`WATCHKEEPER_PAGER_${setting}`));
  return Object.assign(
    {},
    ...channels.filter(({ settings }) => !settings.some(isTheirs)).map(({ env }) => env),
  );
}
