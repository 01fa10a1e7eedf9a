import { parseSettings, SettingsError } from "@watchkeeper/process/settings";
import { z } from "zod";
import type { MailSettings } from "./report/mail.ts";
import { isTimeZone } from "./schedule/slots.ts";

const PREFIX = "WATCHKEEPER_COLLECTOR";

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1);
const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

const schema = z.object({
  host: text.default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }),
  redisUrl: z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }),
  prometheusUrl: address,
  /** Without the pager a report does not know incidents. */
  pagerUrl: address.optional(),
  pagerApiToken: text.optional(),
  /** Lets the console and imports in. */
  apiToken: z.string().min(16, "must have at least 16 characters"),
  /** Where people open the console, for the link in a mail. */
  consoleUrl: address.optional(),
  /** What a day and a week are, and when jobs are due. */
  timeZone: text.refine(isTimeZone, "must be a time zone such as Europe/Berlin").default("UTC"),
  /** A search term or a profile is only listed when so many different people looked for it. */
  minPeople: z.coerce
    .number()
    .int()
    .min(3, "must be at least 3: fewer people can be told apart")
    .max(1_000)
    .default(5),
  smtpUrl: z.url({ protocol: /^smtps?$/, hostname: /./ }).optional(),
  emailFrom: text.optional(),
  emailTo: text.optional(),
  /** Fills the demo's tenants with a made-up past, marked as such. */
  demoHistory: z.enum(["true", "false"]).default("false"),
});

export type CollectorSettings = Omit<z.infer<typeof schema>, "demoHistory"> & {
  readonly mail: MailSettings | undefined;
  readonly demoHistory: boolean;
};

/** Reads `WATCHKEEPER_COLLECTOR_*`. @throws SettingsError of one line that says what to change */
export function readCollectorSettings(env: Readonly<Record<string, string | undefined>>): CollectorSettings {
  const raw = parseSettings(PREFIX, schema, env);
  const { smtpUrl, emailFrom, emailTo } = raw;
  const given = [smtpUrl, emailFrom, emailTo].filter((value) => value !== undefined).length;
  if (given > 0 && given < 3) {
    throw new SettingsError(
      `Cannot send reports as ${PREFIX}_SMTP_URL, _EMAIL_FROM and _EMAIL_TO belong together: set all three, or none`,
    );
  }
  const mail = smtpUrl && emailFrom && emailTo ? { url: smtpUrl, from: emailFrom, to: emailTo } : undefined;
  return { ...raw, mail, demoHistory: raw.demoHistory === "true" };
}
