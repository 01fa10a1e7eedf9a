import { createLog } from "@watchkeeper/process/log";
import { type Inbox, type InboxOptions, startInbox } from "./server.ts";

/** An inbox for tests: on this machine alone, on ports of its own, and silent. */
export const startTestInbox = (options: Partial<InboxOptions> = {}): Promise<Inbox> =>
  startInbox({ host: "127.0.0.1", httpPort: 0, smtpPort: 0, log: createLog("inbox", "silent"), ...options });
