import type { Close, ProcessContext } from "@watchkeeper/process/main";
import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";
import { startInbox } from "./server.ts";

const port = z.coerce.number().int().min(0).max(65_535);

const settingsSchema = z.object({
  host: z.string().default("127.0.0.1"),
  httpPort: port,
  smtpPort: port,
});

export async function run({ env, log }: ProcessContext): Promise<Close> {
  const settings = parseSettings("WATCHKEEPER_INBOX", settingsSchema, env);
  const inbox = await startInbox({ ...settings, log });
  return inbox.close;
}
