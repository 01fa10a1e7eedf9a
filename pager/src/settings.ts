import { parseSettings, SettingsError } from "@watchkeeper/process/settings";
import { z } from "zod";
import type { EmailSettings } from "./channels/email.ts";
import type { PagerDutySettings } from "./channels/pagerduty.ts";
import type { SlackSettings } from "./channels/slack.ts";
import type { WebhookSettings } from "./channels/webhook.ts";

const PREFIX = "WATCHKEEPER_PAGER";

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1);
const token = z.string().min(16, "must have at least 16 characters");
const webUrl = z.url({ protocol: /^https?$/ });

const schema = z.object({
  host: text.default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }),
  ingestToken: token,
  apiToken: token,
  apiTokens: z.string().optional(),
  onCallPath: text.optional(),
  consoleUrl: webUrl.transform((url) => url.replace(/\/+$/, "")),
  alertmanagerUrl: text
    .transform((urls) => urls.split(",").map((url) => url.trim().replace(/\/+$/, "")))
    .pipe(z.array(webUrl).min(1).max(10))
    .optional(),
  alertmanagerReceiver: text.default("pager"),
  heartbeatUrl: webUrl.optional(),
  snapshotDir: text.optional(),
  slackToken: text.optional(),
  slackChannel: text.optional(),
  slackApiUrl: webUrl.transform((url) => `${url.replace(/\/+$/, "")}/`).optional(),
  smtpUrl: z.url({ protocol: /^smtps?$/, hostname: /./ }).optional(),
  emailFrom: text.optional(),
  emailTo: text.optional(),
  pagerdutyRoutingKey: text.optional(),
  pagerdutyUrl: webUrl.optional(),
  webhookUrl: webUrl.optional(),
  webhookSecret: token.optional(),
});

type Raw = z.infer<typeof schema>;

/** What the pager runs with. A channel that is not set up is undefined. */
export interface PagerSettings
  extends Pick<
    Raw,
    "host" | "httpPort" | "opsPort" | "databaseUrl" | "consoleUrl" | "heartbeatUrl" | "snapshotDir"
  > {
  readonly ingestToken: string;
  /** The console's own. */
  readonly apiToken: string;
  /** Of other callers: a line each, `<name> <role> <token>`. */
  readonly apiTokens: string;
  /** Without it nobody is paged by name. */
  readonly onCallPath: string | undefined;
  /** The Alertmanagers to compare with, and the receiver there that is us. */
  readonly alertmanager: { readonly urls: readonly string[]; readonly receiver: string } | undefined;
  readonly channels: {
    readonly slack: SlackSettings | undefined;
    readonly email: EmailSettings | undefined;
    readonly pagerduty: Omit<PagerDutySettings, "install"> | undefined;
    readonly webhook: WebhookSettings | undefined;
  };
}

const variable = (key: string): string => `${PREFIX}_${key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;

/** @throws SettingsError when some settings of a channel are there and needed ones are not */
function channelOf<Needed extends keyof Raw, Result>(
  raw: Raw,
  title: string,
  needed: readonly Needed[],
  optional: readonly (keyof Raw)[],
  build: (values: { [Key in Needed]: NonNullable<Raw[Key]> }) => Result,
): Result | undefined {
  if ([...needed, ...optional].every((key) => raw[key] === undefined)) return undefined;
  const missing = needed.filter((key) => raw[key] === undefined);
  if (missing.length > 0) {
    throw new SettingsError(
      `Cannot set up ${title} as ${missing.map(variable).join(" and ")} is missing: set it, or remove the other settings of ${title}`,
    );
  }
  return build(raw as { [Key in Needed]: NonNullable<Raw[Key]> });
}

/**
 * Reads the pager's settings.
 *
 * @throws SettingsError of one line that says what to change
 */
export function parsePagerSettings(env: Readonly<Record<string, string | undefined>>): PagerSettings {
  const raw = parseSettings(PREFIX, schema, env);
  const {
    host,
    httpPort,
    opsPort,
    databaseUrl,
    ingestToken,
    apiToken,
    consoleUrl,
    heartbeatUrl,
    snapshotDir,
  } = raw;
  return {
    host,
    httpPort,
    opsPort,
    databaseUrl,
    ingestToken,
    apiToken,
    apiTokens: raw.apiTokens ?? "",
    onCallPath: raw.onCallPath,
    consoleUrl,
    heartbeatUrl,
    snapshotDir,
    alertmanager: raw.alertmanagerUrl && { urls: raw.alertmanagerUrl, receiver: raw.alertmanagerReceiver },
    channels: {
      slack: channelOf(raw, "Slack", ["slackToken", "slackChannel"], ["slackApiUrl"], (values) => ({
        token: values.slackToken,
        channel: values.slackChannel,
        apiUrl: raw.slackApiUrl ?? "https://slack.com/api/",
      })),
      email: channelOf(raw, "email", ["smtpUrl", "emailFrom", "emailTo"], [], (values) => ({
        url: values.smtpUrl,
        from: values.emailFrom,
        to: values.emailTo,
      })),
      pagerduty: channelOf(raw, "PagerDuty", ["pagerdutyRoutingKey"], ["pagerdutyUrl"], (values) => ({
        routingKey: values.pagerdutyRoutingKey,
        url: raw.pagerdutyUrl ?? "https://events.pagerduty.com",
      })),
      webhook: channelOf(raw, "the webhook", ["webhookUrl", "webhookSecret"], [], (values) => ({
        url: values.webhookUrl,
        secret: values.webhookSecret,
      })),
    },
  };
}
