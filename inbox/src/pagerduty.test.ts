import { createManualClock } from "@watchkeeper/process/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inbox } from "./server.ts";
import { startTestInbox } from "./test-inbox.ts";

const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
const routing_key = "0123456789abcdef0123456789abcdef";
let inbox: Inbox;

beforeEach(async () => {
  inbox = await startTestInbox({ clock });
});
afterEach(() => inbox.close());

const trigger = (payload: object = {}, event: object = {}): object => ({
  routing_key,
  event_action: "trigger",
  dedup_key: "wk:1",
  payload: { summary: "Login fails", source: "app", severity: "critical", ...payload },
  ...event,
});

const enqueue = async (
  event: object | string,
): Promise<{ status: number; body: Record<string, unknown>; retryAfter: string | null }> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/pagerduty/v2/enqueue`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof event === "string" ? event : JSON.stringify(event),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown>,
    retryAfter: answer.headers.get("retry-after"),
  };
};

const effects = async (): Promise<unknown[]> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=pagerduty`);
  const { messages } = (await answer.json()) as { messages: { content: Record<string, unknown> }[] };
  return messages.map(({ content }) => [content.event_action, content.effect, content.incident]).reverse();
};

test("a trigger is accepted, and without a dedup_key it is given one", async () => {
  expect(await enqueue(trigger())).toMatchObject({
    status: 202,
    body: { status: "success", message: "Event processed", dedup_key: "wk:1" },
  });
  const { body } = await enqueue(trigger({}, { dedup_key: undefined }));
  expect(body.dedup_key).toMatch(/^[0-9a-f-]{36}$/);
});

test("events of one dedup_key drive one incident; after its end a trigger opens another and a resolve is dropped", async () => {
  const change = (event_action: string, dedup_key = "wk:1") =>
    enqueue({ routing_key, event_action, dedup_key });
  await enqueue(trigger());
  await enqueue(trigger());
  await change("acknowledge");
  await change("resolve");
  await change("resolve");
  await enqueue(trigger());
  await enqueue({ routing_key: "f".repeat(32), event_action: "resolve", dedup_key: "wk:1" });
  expect(await effects()).toEqual([
    ["trigger", "opened", 1],
    ["trigger", "repeated", 1],
    ["acknowledge", "acknowledged", 1],
    ["resolve", "resolved", 1],
    ["resolve", "dropped", 0],
    ["trigger", "opened", 2],
    ["resolve", "dropped", 0],
  ]);
});

test.each([
  [
    "a short routing key",
    trigger({}, { routing_key: "short" }),
    "Length of 'routing_key' is incorrect (should be 32 characters)",
  ],
  ["an unknown action", trigger({}, { event_action: "page" }), "'event_action' is invalid"],
  ["no summary", trigger({ summary: " " }), "'payload.summary' is missing or blank"],
  [
    "a long summary",
    trigger({ summary: "x".repeat(1_025) }),
    "'payload.summary' is longer than 1024 characters",
  ],
  ["no source", trigger({ source: undefined }), "'payload.source' is missing or blank"],
  ["an unknown severity", trigger({ severity: "page" }), "'payload.severity' is invalid"],
  ["no payload", trigger({}, { payload: undefined }), "'payload' is missing or blank"],
  [
    "a long dedup_key",
    trigger({}, { dedup_key: "x".repeat(256) }),
    "'dedup_key' is longer than 255 characters",
  ],
  [
    "a resolve without dedup_key",
    { routing_key, event_action: "resolve" },
    "'dedup_key' is missing or blank",
  ],
  ["a body that is not JSON", "{", "Invalid JSON"],
  [
    "more than 512 KB",
    trigger({ custom_details: "x".repeat(512 * 1024) }),
    "Event payload is larger than 512 KB",
  ],
])("%s is refused with the reason", async (_what, event, reason) => {
  const { status, body } = await enqueue(event);
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: "invalid event", message: "Event object is invalid" });
  expect(body.errors).toEqual([expect.stringContaining(reason)]);
  expect(await effects()).toEqual([]);
});

test("the longest summary and dedup_key are accepted", async () => {
  const { status } = await enqueue(trigger({ summary: "x".repeat(1_024) }, { dedup_key: "x".repeat(255) }));
  expect(status).toBe(202);
});

test("a routing key may send 120 events at once and then two a second", async () => {
  for (let i = 0; i < 120; i++) expect((await enqueue(trigger())).status).toBe(202);
  expect(await enqueue(trigger())).toMatchObject({
    status: 429,
    retryAfter: "1",
    body: { status: "throttle exceeded" },
  });
  expect((await enqueue(trigger({}, { routing_key: "f".repeat(32) }))).status).toBe(202);
  await clock.advance(1_000);
  expect((await enqueue(trigger())).status).toBe(202);
});

test("each fault does what it says", async () => {
  const fault = (mode: string) =>
    fetch(`http://127.0.0.1:${inbox.httpPort}/api/faults/pagerduty`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mode, count: 1 }),
    });
  await fault("error");
  expect((await enqueue(trigger())).status).toBe(500);
  await fault("rate-limit");
  expect(await enqueue(trigger())).toMatchObject({ status: 429, retryAfter: "1" });
  expect(await effects()).toEqual([]);
  await fault("drop-after-accept");
  await expect(enqueue(trigger())).rejects.toThrow("fetch failed");
  expect(await effects()).toEqual([["trigger", "opened", 1]]);
});
