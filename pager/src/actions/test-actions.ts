import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createManualClock, type ManualClock } from "@watchkeeper/process/clock";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { createApp } from "../api/app.ts";
import { createChannels } from "../channels/channels.ts";
import { createTestBed, SECRETS, standInChannels, type TestBed, webhookBody } from "../test-bed.ts";
import { createActionAddresses } from "./addresses.ts";
import { findCall } from "./calls.ts";
import { createActionRoutes } from "./routes.ts";

/** A pager with its action endpoints and a stand-in whose buttons lead to them. */
export interface ActionBed extends TestBed {
  /** The pager's own address. */
  readonly url: string;
  readonly inbox: Inbox;
  /** What both sides' clocks show. */
  readonly clock: ManualClock;
  /** Opens another incident, empties the inbox and sends what there is to send. @returns the incident's id */
  open(): Promise<string>;
  /** The newest incident. */
  incident(): Promise<{
    number: number;
    state: string;
    acknowledged_by: string | null;
    snoozed_until: Date | null;
  }>;
  timeline(): Promise<readonly string[]>;
  received(channel: string): Promise<readonly ReceivedMessage[]>;
  /** A reader presses, replies or answers; what they see. */
  answer(channel: string, what: string, as?: string): Promise<string>;
  setDatabaseAway(away: boolean): void;
}

export interface ReceivedMessage {
  readonly id: number;
  readonly summary: string;
  readonly text: string;
  readonly revisions: number;
  readonly content: Record<string, unknown>;
}

export async function createActionBed(): Promise<ActionBed> {
  const clock = createManualClock(Date.now());
  let handle: RequestListener = (_req, res) => void res.writeHead(503).end();
  const server = createServer((req, res) => handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const inbox = await startTestInbox({
    clock,
    slackApp: { requestUrl: `${url}/actions/slack`, signingSecret: SECRETS.signing },
    smsUrl: `${url}/actions/twilio/text`,
  });
  const testDatabase = await createTestDatabase();
  const settings = standInChannels(inbox);
  const actions = { publicUrl: url, secret: SECRETS.action };
  const channels = createChannels(settings, "test-install", {
    addresses: createActionAddresses(actions, clock),
    findCall: (deliveryId) => findCall(bed.database, deliveryId),
  });
  const bed = await createTestBed(testDatabase.url, channels);
  let away = false;
  let opened = 0;
  const failing = () => Promise.reject(new Error("the database is away"));
  const database: typeof bed.database = {
    query: (...args: Parameters<typeof bed.database.query>) =>
      away ? failing() : (bed.database.query(...args) as never),
    transaction: (...args: Parameters<typeof bed.database.transaction>) =>
      away ? failing() : (bed.database.transaction(...args) as never),
  } as typeof bed.database;
  const routes = createActionRoutes({
    database,
    reach: bed.options.reach,
    consoleUrl: bed.options.consoleUrl,
    log: bed.options.log,
    wake: () => undefined,
    actions,
    slack: {
      signingSecret: SECRETS.signing,
      apiUrl: settings.slack?.apiUrl ?? "",
      personOf: (slackUser) => (slackUser === "U0LOVELACE" ? "ada" : undefined),
    },
    twilio: { authToken: SECRETS.twilio },
    clock,
  });
  handle = createApp(createMetrics(), bed.options.log, routes);

  const received = async (channel: string): Promise<readonly ReceivedMessage[]> => {
    const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=${channel}`);
    return ((await answer.json()) as { messages: ReceivedMessage[] }).messages;
  };
  return {
    ...bed,
    url,
    inbox,
    clock,
    received,
    setDatabaseAway(value) {
      away = value;
    },
    async open() {
      // What the test before has left to say, and the stand-in's limits recover.
      await bed.settle();
      await clock.advance(300_000);
      await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages`, { method: "DELETE" });
      opened += 1;
      await bed.receive(webhookBody({ name: `ServiceDown${opened}` }));
      await bed.settle();
      const { rows } = await bed.database.query<{ id: string }>(
        "test",
        "SELECT id FROM incident ORDER BY number DESC LIMIT 1",
      );
      return rows[0]?.id ?? "";
    },
    async incident() {
      const { rows } = await bed.database.query<Awaited<ReturnType<ActionBed["incident"]>>>(
        "test",
        "SELECT number::integer, state, acknowledged_by, snoozed_until FROM incident ORDER BY number DESC LIMIT 1",
      );
      if (!rows[0]) throw new Error("no incident");
      return rows[0];
    },
    async timeline() {
      const { rows } = await bed.database.query<{ line: string }>(
        "test",
        `SELECT concat_ws(' ', source, kind, text) AS line FROM incident_event
         WHERE incident_id = (SELECT id FROM incident ORDER BY number DESC LIMIT 1) ORDER BY id`,
      );
      return rows.map(({ line }) => line);
    },
    async answer(channel, what, as) {
      const message = (await received(channel)).find(({ content }) => content.thread_ts === undefined);
      const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages/${message?.id}/answer`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ with: what, ...(as !== undefined && { as }) }),
      });
      return ((await answer.json()) as { saw: string }).saw;
    },
    async close() {
      await inbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await bed.close();
      await testDatabase.drop();
    },
  };
}
