import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { parseSettings, SettingsError } from "@watchkeeper/process/settings";
import { z } from "zod";
import { startInbox } from "./server.ts";

const webUrl = z.url({ protocol: /^http$/ });
const port = z.coerce.number().int().min(0).max(65_535);

const settingsSchema = z.object({
  host: z.string().default("127.0.0.1"),
  httpPort: port,
  smtpPort: port,
  slackRequestUrl: webUrl.optional(),
  slackSigningSecret: z.string().min(1).optional(),
  smsUrl: webUrl.optional(),
});

/** Reads `WATCHKEEPER_INBOX_*`. @throws SettingsError that names the variable */
export function readInboxSettings(env: ProcessContext["env"]) {
  const settings = parseSettings("WATCHKEEPER_INBOX", settingsSchema, env);
  const { slackRequestUrl, slackSigningSecret, ...rest } = settings;
  if ((slackRequestUrl === undefined) !== (slackSigningSecret === undefined)) {
    const missing = slackRequestUrl === undefined ? "SLACK_REQUEST_URL" : "SLACK_SIGNING_SECRET";
    throw new SettingsError(`Cannot send pressed buttons on as WATCHKEEPER_INBOX_${missing} is missing`);
  }
  const slackApp =
    slackRequestUrl !== undefined && slackSigningSecret !== undefined
      ? { requestUrl: slackRequestUrl, signingSecret: slackSigningSecret }
      : undefined;
  return { ...rest, slackApp };
}

export async function run({ env, log }: ProcessContext): Promise<Close> {
  const inbox = await startInbox({ ...readInboxSettings(env), log });
  return inbox.close;
}
