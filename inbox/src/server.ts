import { createServer } from "node:http";
import { isIP } from "node:net";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import express, { type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import { createAnswers } from "./answers.ts";
import { createApiRoutes } from "./api.ts";
import { createFaults } from "./faults.ts";
import { createNtfyRoutes } from "./ntfy.ts";
import { bundleInbox, createPageRoutes } from "./page/routes.ts";
import { createPagerDutyRoutes } from "./pagerduty.ts";
import { createSlackInteractions, type SlackApp } from "./slack/interaction.ts";
import { createSlackRoutes } from "./slack/routes.ts";
import { startSmtp } from "./smtp.ts";
import { createStore } from "./store.ts";
import { createPhones } from "./twilio/phones.ts";
import { createTwilioRoutes } from "./twilio/routes.ts";
import { createWebhookRoutes } from "./webhook.ts";

export interface InboxOptions {
  /** A loopback address: whoever reaches the stand-in may read, delete and break everything in it. */
  readonly host: string;
  /** 0 for any free port. */
  readonly httpPort: number;
  /** 0 for any free port. */
  readonly smtpPort: number;
  readonly log: Log;
  readonly clock?: Clock;
  /** The app whose buttons are pressed in Slack; without one a press is not sent anywhere. */
  readonly slackApp?: SlackApp | undefined;
  /** Where replies to text messages are sent. */
  readonly smsUrl?: string | undefined;
}

export interface Inbox {
  readonly httpPort: number;
  readonly smtpPort: number;
  close(): Promise<void>;
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** The name in a Host header: a page of another site that points its own name at us must not read the mails. */
const hostName = (header: string | undefined): string =>
  (header ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");

/**
 * Starts the stand-in for Slack, SMTP, ntfy, Twilio, PagerDuty and webhooks.
 *
 * @throws Error when the host is not a loopback address, a port is taken or the page cannot be bundled
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { host, log, clock = systemClock } = options;
  if (!isLoopback(host)) {
    throw new Error(`Cannot listen on "${host}" as the inbox lets everybody in: use a loopback address`);
  }
  const page = await bundleInbox();
  const store = createStore(clock);
  const faults = createFaults();
  const pagerDuty = createPagerDutyRoutes(store, faults, clock);
  const phones = createPhones(store, clock, options.smsUrl);
  const interactions = createSlackInteractions(store, clock, options.slackApp, () => ownUrl);
  const answers = createAnswers(store, clock, interactions, phones);
  let ownUrl = "";
  const clear = (): void => {
    store.clear();
    pagerDuty.clear();
  };

  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(
    createSlackRoutes(store, faults, clock),
    interactions.router,
    pagerDuty.router,
    createNtfyRoutes(store, faults, clock),
    createTwilioRoutes(store, faults, clock, phones),
    createWebhookRoutes(store, faults),
  );
  app.use((req, res, next) => {
    if (isLoopback(hostName(req.headers.host))) return next();
    res.status(421).json({ error: "Cannot answer as the Host header names another host: use localhost" });
  });
  app.use(helmet());
  app.use(createApiRoutes(store, faults, answers, clear), createPageRoutes(store, faults, page));
  app.use((_req, res) => void res.status(404).json({ error: "not found" }));
  app.use((error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const status = error.status ?? 500;
    if (status >= 500) log.error({ err: error }, "a request failed");
    res.status(status).json({ error: status >= 500 ? "internal error" : "the request cannot be read" });
  });

  const smtp = await startSmtp(host, options.smtpPort, store, faults, log);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, app);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.httpPort, host, resolve);
    });
  } catch (error) {
    await smtp.close();
    throw error;
  }
  const address = server.address();
  const httpPort = typeof address === "object" && address ? address.port : options.httpPort;
  ownUrl = `http://${host === "::1" ? "[::1]" : host}:${httpPort}`;
  log.info({ httpPort, smtpPort: smtp.port }, "listening");

  return {
    httpPort,
    smtpPort: smtp.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, smtp.close()]);
    },
  };
}
