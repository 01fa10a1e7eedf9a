import { createServer } from "node:http";
import { createManualClock } from "@watchkeeper/process/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inbox } from "./server.ts";
import { startTestInbox } from "./test-inbox.ts";

const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
let inbox: Inbox;
let url: string;

beforeEach(async () => {
  inbox = await startTestInbox({ clock });
  url = `http://127.0.0.1:${inbox.httpPort}`;
});
afterEach(() => inbox.close());

const publish = async (body: object | string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${url}/ntfy`, { method: "POST", body: text });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const received = async (): Promise<{ id: number; content: Record<string, unknown> }[]> => {
  const answer = await fetch(`${url}/api/messages?channel=ntfy`);
  return ((await answer.json()) as { messages: never[] }).messages;
};
const answerWith = async (id: number, what: string): Promise<unknown> => {
  const answer = await fetch(`${url}/api/messages/${id}/answer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ with: what }),
  });
  return answer.json();
};

test("a publication as JSON or as headers is the same notification", async () => {
  const json = { topic: "alice", title: "Down", message: "It is", priority: 5, tags: ["warning"] };
  expect(await publish(json)).toMatchObject({ status: 200, body: { event: "message", topic: "alice" } });
  const headers = { Title: "Down", Priority: "urgent", Tags: "warning" };
  const answer = await fetch(`${url}/ntfy/alice`, { method: "PUT", headers, body: "It is" });
  expect(answer.status).toBe(200);
  const [second, first] = (await received()).map(({ content }) => {
    const { id: _, sequence_id: __, ...rest } = content;
    return rest;
  });
  expect(first).toEqual(second);
});

test("a publication with the sequence id of an earlier one replaces it on the phone", async () => {
  await publish({ topic: "alice", message: "down", sequence_id: "d-1" });
  await publish({ topic: "alice", message: "up", sequence_id: "d-1" });
  await publish({ topic: "bob", message: "down", sequence_id: "d-1" });
  expect(await received()).toMatchObject([
    { content: { topic: "bob", message: "down" }, revisions: 0 },
    { content: { topic: "alice", message: "up" }, revisions: 1 },
  ]);
});

test.each([
  [{ topic: "with spaces", message: "x" }, 400, 40009],
  [{ topic: "a", priority: 6 }, 400, 40007],
  [{ topic: "a", actions: [{ action: "http", label: "Go" }] }, 400, 40018],
  [
    { topic: "a", actions: Array(4).fill({ action: "view", label: "Go", url: "http://localhost" }) },
    400,
    40018,
  ],
  [{ topic: "a", sequence_id: "no/slash" }, 400, 40049],
  [{ topic: "a", message: "x".repeat(4_097) }, 413, 41301],
  [{ topic: "a", message: "x".repeat(9_000) }, 413, 41303],
  [{ topic: "no-such-topic", message: "x" }, 403, 40301],
  ["{", 400, 40017],
])("%j is refused as ntfy refuses it", async (body, status, code) => {
  expect(await publish(body)).toMatchObject({ status, body: { code, http: status } });
  expect(await received()).toEqual([]);
});

test("sixty requests at once are served, then one every five seconds, and the refusal has a code but no Retry-After", async () => {
  for (let i = 0; i < 60; i++) expect((await publish({ topic: "a", message: "x" })).status).toBe(200);
  const refused = await fetch(`${url}/ntfy`, { method: "POST", body: '{"topic":"a"}' });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBeNull();
  expect(await refused.json()).toMatchObject({ code: 42901 });
  await clock.advance(5_000);
  expect((await publish({ topic: "a", message: "x" })).status).toBe(200);
});

test("pressing a button makes its request and shows what came of it", async () => {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers["x-key"]}`);
    res.statusCode = req.url === "/gone" ? 410 : 200;
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const action = (label: string, path: string) => ({
    action: "http",
    label,
    url: `http://127.0.0.1:${port}${path}`,
    headers: { "X-Key": "k" },
  });
  const outside = { action: "http", label: "Outside", url: "http://example.com" };
  await publish({
    topic: "a",
    message: "m",
    actions: [action("Ack", "/ack"), action("Old", "/gone"), outside],
  });
  const [message] = await received();
  const id = message?.id ?? 0;
  expect(await answerWith(id, "Ack")).toEqual({ saw: "done" });
  expect(await answerWith(id, "Old")).toEqual({ saw: "failed: 410" });
  expect(await answerWith(id, "Outside")).toEqual({
    saw: "failed: the stand-in calls addresses on this machine only",
  });
  expect(await answerWith(id, "Nothing")).toEqual({ saw: "the notification has no button called Nothing" });
  expect(seen).toEqual(["POST /ack k", "POST /gone k"]);
  const [shown] = await received();
  expect(shown?.content.pressed).toMatchObject([{ saw: "done" }, { saw: "failed: 410" }, {}]);
  server.close();
});
