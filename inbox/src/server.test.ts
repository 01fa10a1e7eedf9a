import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Inbox, startInbox } from "./server.ts";
import { createStore } from "./store.ts";

const log = createLog("inbox", "silent");
let inbox: Inbox;
let url: string;

beforeEach(async () => {
  inbox = await startInbox({ host: "127.0.0.1", httpPort: 0, smtpPort: 0, log });
  url = `http://127.0.0.1:${inbox.httpPort}`;
});
afterEach(() => inbox.close());

const hook = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/webhook/chatops`, { method: "POST", body, headers });

const received = async (): Promise<Record<string, unknown>[]> =>
  ((await (await fetch(`${url}/api/messages`)).json()) as { messages: Record<string, unknown>[] }).messages;

test("a webhook keeps the body as it came, its signature and its Idempotency-Key", async () => {
  const body = '{ "title":"Login fails" }';
  const headers = { "x-watchkeeper-signature": "t=1,v1=abc", "idempotency-key": "d-1", cookie: "not=kept" };
  expect((await hook(body, headers)).status).toBe(202);
  await hook(body, headers);
  const [second, first] = await received();
  expect(first).toMatchObject({
    channel: "webhook",
    summary: "Login fails",
    text: body,
    content: {
      name: "chatops",
      body,
      idempotencyKey: "d-1",
      signature: { header: "x-watchkeeper-signature", value: "t=1,v1=abc" },
    },
  });
  expect(first).not.toHaveProperty("content.duplicateOf");
  expect(first).not.toHaveProperty("content.headers.cookie");
  expect(second).toHaveProperty("content.duplicateOf", first?.id);
});

test("a webhook of more than 1 MiB is refused", async () => {
  expect((await hook("x".repeat(1024 * 1024))).status).toBe(202);
  expect((await hook("x".repeat(1024 * 1024 + 1))).status).toBe(413);
  expect(await received()).toHaveLength(1);
});

test("messages can be listed by channel and forgotten", async () => {
  await hook("hello");
  expect(await (await fetch(`${url}/api/messages?channel=slack`)).json()).toEqual({ messages: [] });
  expect((await fetch(`${url}/api/messages?channel=fax`)).status).toBe(400);
  expect((await fetch(`${url}/api/messages`, { method: "DELETE" })).status).toBe(204);
  expect(await received()).toEqual([]);
});

test("a fault that makes no sense is refused with one sentence", async () => {
  const put = (path: string, body: string): Promise<Response> =>
    fetch(`${url}/api/faults/${path}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body,
    });
  const answer = await put("slack", '{"mode":"explode"}');
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: expect.stringMatching(/^Cannot use mode as /) });
  expect((await put("fax", '{"mode":"ok"}')).status).toBe(400);
  expect((await put("slack", '{"mode":"error","count":0}')).status).toBe(400);
  expect((await put("slack", "{")).status).toBe(400);
  expect(await (await fetch(`${url}/api/faults`)).json()).toMatchObject({
    slack: { mode: "ok", count: null },
  });
});

test("it only listens where nobody else can reach it", async () => {
  const start = startInbox({ host: "0.0.0.0", httpPort: 0, smtpPort: 0, log });
  await expect(start).rejects.toThrow(
    'Cannot listen on "0.0.0.0" as the inbox lets everybody in: use a loopback address',
  );
});

test("a taken port fails the start and leaves nothing listening", async () => {
  const start = startInbox({ host: "127.0.0.1", httpPort: inbox.httpPort, smtpPort: 0, log });
  await expect(start).rejects.toThrow("EADDRINUSE");
});

test("closing ends requests that hang", async () => {
  await fetch(`${url}/api/faults/webhook`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: '{"mode":"hang"}',
  });
  const hanging = hook("x").catch((error: Error) => error.message);
  await fetch(`${url}/healthz`);
  await inbox.close();
  expect(await hanging).toBe("fetch failed");
});

test("the store forgets the oldest when it holds too many messages or too much text", () => {
  const store = createStore(createManualClock(), { messages: 3, characters: 2_000 });
  const add = (text: string) =>
    store.add("webhook", {
      summary: text,
      text: "",
      content: { name: "n", contentType: "", headers: {}, body: text },
    });
  for (const text of ["a", "b", "c", "d"]) add(text);
  expect(store.list().map(({ summary }) => summary)).toEqual(["d", "c", "b"]);
  add("x".repeat(1_850));
  expect(store.list()).toHaveLength(2);
});
