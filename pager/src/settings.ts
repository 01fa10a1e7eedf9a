import { parseSettings, SettingsError } from "@watchkeeper/process/settings";
import { z } from "zod";
import type { ActionSettings } from "./actions/addresses.ts";
import type { EmailSettings } from "./channels/email.ts";
import type { NtfySettings } from "./channels/ntfy.ts";
import type { PagerDutySettings } from "./channels/pagerduty.ts";
import type { SlackSettings } from "./channels/slack.ts";
import type { TwilioSettings } from "./channels/twilio.ts";
import type { WebhookSettings } from "./channels/webhook.ts";

const PREFIX = "WATCHKEEPER_PAGER";

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1);
const token = z.string().min(16, "must have at least 16 characters");
const webUrl = z.url({ protocol: /^https?$/ });
const baseUrl = webUrl.transform((url) => url.replace(/\/+$/, ""));

const schema = z.object({
  host: text.default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }),
  ingestToken: token,
  apiToken: token,
  consoleUrl: baseUrl,
  publicUrl: baseUrl.optional(),
  actionSecret: token.optional(),
  apiTokens: z.string().optional(),
  onCallPath: text.optional(),
  alertmanagerUrl: text
    .transform((urls) => urls.split(",").map((url) => url.trim().replace(/\/+$/, "")))
    .pipe(z.array(webUrl).min(1).max(10))
    .optional(),
  alertmanagerReceiver: text.default("pager"),
  heartbeatUrl: webUrl.optional(),
  snapshotDir: text.optional(),
  slackToken: text.optional(),
  slackChannel: text.optional(),
  slackSigningSecret: text.optional(),
  slackApiUrl: webUrl.transform((url) => `${url.replace(/\/+$/, "")}/`).optional(),
  smtpUrl: z.url({ protocol: /^smtps?$/, hostname: /./ }).optional(),
  emailFrom: text.optional(),
  emailTo: text.optional(),
  pagerdutyRoutingKey: text.optional(),
  pagerdutyUrl: webUrl.optional(),
  ntfyUrl: webUrl.optional(),
  ntfyToken: text.optional(),
  twilioAccountSid: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, "must be AC and 32 hexadecimal digits")
    .optional(),
  twilioAuthToken: text.optional(),
  twilioFrom: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, "must be a number such as +4930123456")
    .optional(),
  twilioUrl: baseUrl.optional(),
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
  /** undefined: messages carry no addresses by which their readers act. */
  readonly actions: ActionSettings | undefined;
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
    readonly ntfy?: NtfySettings | undefined;
    readonly twilio?: TwilioSettings | undefined;
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
    actions: channelOf(raw, "buttons and links", ["publicUrl", "actionSecret"], [], (values) => ({
      publicUrl: values.publicUrl,
      secret: values.actionSecret,
    })),
    heartbeatUrl,
    snapshotDir,
    alertmanager: raw.alertmanagerUrl && { urls: raw.alertmanagerUrl, receiver: raw.alertmanagerReceiver },
    channels: {
      slack: channelOf(
        raw,
        "Slack",
        ["slackToken", "slackChannel"],
        ["slackSigningSecret", "slackApiUrl"],
        (values) => ({
          token: values.slackToken,
          channel: values.slackChannel,
          apiUrl: raw.slackApiUrl ?? "https://slack.com/api/",
          signingSecret: raw.slackSigningSecret,
        }),
      ),
      email: channelOf(raw, "email", ["smtpUrl", "emailFrom", "emailTo"], [], (values) => ({
        url: values.smtpUrl,
        from: values.emailFrom,
        to: values.emailTo,
      })),
      pagerduty: channelOf(raw, "PagerDuty", ["pagerdutyRoutingKey"], ["pagerdutyUrl"], (values) => ({
        routingKey: values.pagerdutyRoutingKey,
        url: raw.pagerdutyUrl ?? "https://events.pagerduty.com",
      })),
      ntfy: channelOf(raw, "ntfy", [], ["ntfyUrl", "ntfyToken"], () => ({
        url: raw.ntfyUrl ?? "https://ntfy.sh",
        token: raw.ntfyToken,
      })),
      twilio: channelOf(
        raw,
        "Twilio",
        ["twilioAccountSid", "twilioAuthToken", "twilioFrom"],
        ["twilioUrl"],
        (values) => ({
          accountSid: values.twilioAccountSid,
          authToken: values.twilioAuthToken,
          from: values.twilioFrom,
          url: raw.twilioUrl ?? "https://api.twilio.com",
        }),
      ),
      webhook: channelOf(raw, "the webhook", ["webhookUrl", "webhookSecret"], [], (values) => ({
        url: values.webhookUrl,
        secret: values.webhookSecret,
      })),
    },
  };
}
