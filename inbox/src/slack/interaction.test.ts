import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createManualClock } from "@watchkeeper/process/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inbox } from "../server.ts";
import { startTestInbox } from "../test-inbox.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
let inbox: Inbox;
let url: string;
let app: Server;
let status: number;
let requests: { headers: Record<string, unknown>; body: string }[];

beforeEach(async () => {
  requests = [];
  status = 200;
  app = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    requests.push({ headers: req.headers, body });
    res.writeHead(status).end();
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const requestUrl = `http://127.0.0.1:${(app.address() as { port: number }).port}/slack`;
  inbox = await startTestInbox({ clock, slackApp: { requestUrl, signingSecret: SECRET } });
  url = `http://127.0.0.1:${inbox.httpPort}`;
  await fetch(`${url}/slack/api/chat.postMessage`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer xoxb-1" },
    body: JSON.stringify({ channel: "alerts", text: "down", blocks }),
  });
});
afterEach(async () => {
  await inbox.close();
  app.closeAllConnections();
  app.close();
});

const plain = (text: string) => ({ type: "plain_text", text });
const blocks = [
  {
    type: "actions",
    block_id: "incident",
    elements: [
      { type: "button", action_id: "acknowledge", text: plain("Acknowledge"), value: "i-1" },
      {
        type: "static_select",
        action_id: "snooze",
        placeholder: plain("Snooze"),
        options: [{ text: plain("1 hour"), value: "60" }],
      },
    ],
  },
];

const press = async (what: string, as = "alice"): Promise<unknown> => {
  const answer = await fetch(`${url}/api/messages/1/answer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ with: what, as }),
  });
  return ((await answer.json()) as { saw: string }).saw;
};
interface Payload {
  readonly actions: readonly Record<string, unknown>[];
  readonly response_url: string;
}
const payload = (): Payload =>
  JSON.parse(new URLSearchParams(requests.at(-1)?.body).get("payload") ?? "{}") as Payload;

test("a press is posted to the app as a form with a signature over its raw body", async () => {
  expect(await press("acknowledge")).toBe("");
  const { headers, body } = requests[0] ?? { headers: {}, body: "" };
  const stamp = String(headers["x-slack-request-timestamp"]);
  expect(stamp).toBe(String(Date.parse("2026-03-01T09:00:00Z") / 1_000));
  const mac = createHmac("sha256", SECRET).update(`v0:${stamp}:${body}`).digest("hex");
  expect(headers["x-slack-signature"]).toBe(`v0=${mac}`);
  expect(payload()).toMatchObject({
    type: "block_actions",
    user: { name: "alice", team_id: "T0STANDIN0" },
    channel: { name: "alerts" },
    message: { text: "down" },
    actions: [{ type: "button", action_id: "acknowledge", block_id: "incident", value: "i-1" }],
  });
});

test("a choice of a select carries the option", async () => {
  await press("snooze=60");
  expect(payload().actions).toMatchObject([
    { type: "static_select", selected_option: { value: "60", text: { text: "1 hour" } } },
  ]);
  expect(await press("snooze=61")).toBe("the message has nothing called snooze=61");
});

test("an app that refuses or is away is a warning beside the button", async () => {
  status = 401;
  expect(await press("acknowledge")).toBe("Slack shows a warning: 401");
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  expect(await press("acknowledge")).toBe("Slack shows a warning: nobody answers");
});

test("the response URL shows something to one person, five times, for half an hour", async () => {
  await press("acknowledge");
  const respond = (): Promise<Response> =>
    fetch(payload().response_url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response_type: "ephemeral", text: "You cannot" }),
    });
  for (let i = 0; i < 5; i++) expect((await respond()).status).toBe(200);
  expect(await (await respond()).json()).toEqual({ ok: false, error: "used_url" });
  const answer = await fetch(`${url}/api/messages?channel=slack`);
  const { messages } = (await answer.json()) as { messages: { content: { ephemeral: unknown[] } }[] };
  expect(messages[0]?.content.ephemeral[0]).toMatchObject({ user: "alice", text: "You cannot" });
  await press("acknowledge");
  await clock.advance(30 * 60_000 + 1);
  expect((await respond()).status).toBe(404);
});

test("a page of another site cannot press anything: a form is not read", async () => {
  const answer = await fetch(`${url}/api/messages/1/answer`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: JSON.stringify({ with: "acknowledge" }),
  });
  expect(answer.status).toBe(400);
  expect(requests).toEqual([]);
});
