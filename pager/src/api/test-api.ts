import type { AddressInfo } from "node:net";
import { createLog } from "@watchkeeper/process/log";
import { createTestDatabase } from "@watchkeeper/testing/postgres";
import type { ChannelName } from "../channels/channel-name.ts";
import { createCalendarRoutes } from "../oncall/calendar-links.ts";
import { createDirectory } from "../oncall/directory.ts";
import type { Roster } from "../oncall/roster.ts";
import { sampleRoster } from "../oncall/test-roster.ts";
import { registerDestinations } from "../outbox/enqueue.ts";
import type { Reach } from "../routes.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createApiRoutes, createEndpoints } from "./api.ts";
import { createApp } from "./app.ts";
import type { Endpoint } from "./endpoint.ts";
import { createAuthenticate, parseTokens } from "./tokens.ts";

/* The API over HTTP, on a real database whose clock stands at 2026-03-01T03:00:00Z. */

export const TOKENS = {
  admin: "console-token-0123456789",
  responder: "ada-token-0123456789abc",
  viewer: "wall-token-0123456789abc",
} as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the document says what it is, and the test asks that
  readonly json: any;
}

export interface TestApi {
  readonly bed: TestBed;
  readonly endpoints: readonly Endpoint[];
  readonly roster: () => Roster;
  ask(
    method: string,
    path: string,
    options?: { role?: keyof typeof TOKENS | undefined; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  close(): Promise<void>;
}

type Channel = NonNullable<ReturnType<Reach["destinations"]["get"]>> & { readonly name: ChannelName };

/** Channels that reach people, as far as the API asks about them. */
const destinations = new Map<ChannelName, Channel>([
  ["email", { name: "email", showsUpdates: false, reaches: ["team", "people"], minIntervalMs: 0 }],
  ["ntfy", { name: "ntfy", showsUpdates: false, reaches: ["people"], minIntervalMs: 0 }],
]);

export async function startTestApi(): Promise<TestApi> {
  const database = await createTestDatabase();
  const bed = await createTestBed(database.url, new Map());
  await registerDestinations(bed.database, destinations);
  const roster = sampleRoster();
  const current = (): Roster => roster;
  const log = createLog("pager", "silent");
  const consoleUrl = "http://console.example:4700";
  const options = {
    database: bed.database,
    source: { current, state: () => ({ readAt: new Date("2026-03-01T02:00:00Z"), problem: null }) },
    reach: { destinations, directory: createDirectory(current), consoleUrl },
    consoleUrl,
    version: "0.1.0",
    onSuperseded: () => undefined,
    onMaintenance: () => undefined,
  };
  const tokens = parseTokens(`ada responder ${TOKENS.responder}\nwall viewer ${TOKENS.viewer}`);
  const authenticate = createAuthenticate(TOKENS.admin, tokens);
  const app = createApp(bed.metrics, log, [
    createCalendarRoutes(bed.database, current),
    createApiRoutes({ ...options, authenticate, log }),
  ]);
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    bed,
    endpoints: createEndpoints(options),
    roster: current,
    async ask(method, path, { role = "admin", body, headers = {} } = {}) {
      const response = await fetch(`${base}${path}`, {
        method: method.toUpperCase(),
        headers: {
          ...(role && { authorization: `Bearer ${TOKENS[role]}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson ? JSON.parse(text) : undefined,
      };
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await bed.close();
      await database.drop();
    },
  };
}
