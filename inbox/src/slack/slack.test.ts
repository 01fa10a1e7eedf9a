import { ErrorCode, LogLevel, WebClient } from "@slack/web-api";
import { createManualClock } from "@watchkeeper/process/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inbox } from "../server.ts";
import { startTestInbox } from "../test-inbox.ts";

const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
let inbox: Inbox;
let slack: WebClient;

const client = (token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: `http://127.0.0.1:${inbox.httpPort}/slack/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 1_000,
    logLevel: LogLevel.ERROR,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      setName() {},
      getLevel: () => LogLevel.ERROR,
    },
  });

beforeEach(async () => {
  inbox = await startTestInbox({ clock });
  slack = client("xoxb-anything");
});
afterEach(() => inbox.close());

const received = async (): Promise<Record<string, unknown>[]> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=slack`);
  return ((await answer.json()) as { messages: Record<string, unknown>[] }).messages;
};

const fault = (body: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${inbox.httpPort}/api/faults/slack`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** The error code of a call that must be refused. */
const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "ok",
    (error: { data?: { error?: string }; code?: string }) => error.data?.error ?? error.code,
  );

const section = (length: number) =>
  ({ type: "section", text: { type: "mrkdwn", text: "x".repeat(length) } }) as const;

test("a message that is posted and then changed is one message with one revision", async () => {
  const posted = await slack.chat.postMessage({ channel: "#alerts", text: "Login fails" });
  await clock.advance(5_000);
  await slack.chat.update({ channel: posted.channel ?? "", ts: posted.ts ?? "", text: "Login works again" });
  expect(await received()).toMatchObject([
    {
      channel: "slack",
      receivedAt: "2026-03-01T09:00:00.000Z",
      updatedAt: "2026-03-01T09:00:05.000Z",
      revisions: 1,
      summary: "Login works again",
      previous: [{ at: "2026-03-01T09:00:00.000Z", text: "Login fails" }],
      content: { channel: posted.channel, channel_name: "alerts", ts: posted.ts },
    },
  ]);
});

test("only a token that begins like a bot token is let in", async () => {
  expect(await slack.auth.test()).toMatchObject({ ok: true, user: "watchkeeper" });
  expect(await codeOf(client("xoxp-1").auth.test())).toBe("invalid_auth");
  const anonymous = await fetch(`http://127.0.0.1:${inbox.httpPort}/slack/api/auth.test`, { method: "POST" });
  expect(await anonymous.json()).toEqual({ ok: false, error: "not_authed" });
  expect(await codeOf(slack.apiCall("chat.meow"))).toBe("unknown_method");
});

test("a JSON body and a form mean the same", async () => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/slack/api/chat.postMessage`, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8", authorization: "Bearer xoxb-1" },
    body: JSON.stringify({ channel: "alerts", text: "from JSON", blocks: [section(3)] }),
  });
  expect(await answer.json()).toMatchObject({ ok: true });
  await slack.chat.postMessage({ channel: "alerts", text: "from a form", blocks: [section(3)] });
  const [form, json] = (await received()) as { content: { blocks: unknown } }[];
  expect(form?.content.blocks).toEqual(json?.content.blocks);
});

test("posting makes a channel, changing and reading want the id that the post answered with", async () => {
  const { channel, ts } = await slack.chat.postMessage({ channel: "alerts", text: "one" });
  expect(channel).toMatch(/^C0[0-9A-F]{9}$/);
  expect(await codeOf(slack.chat.update({ channel: "#alerts", ts: ts ?? "", text: "two" }))).toBe(
    "channel_not_found",
  );
  expect(await codeOf(slack.chat.update({ channel: channel ?? "", ts: "1.000000", text: "two" }))).toBe(
    "message_not_found",
  );
  expect(await codeOf(slack.conversations.history({ channel: "CUNKNOWN" }))).toBe("channel_not_found");
  expect(await codeOf(slack.chat.postMessage({ channel: "#no-such-channel", text: "x" }))).toBe(
    "channel_not_found",
  );
  expect(await codeOf(slack.chat.postMessage({ channel: "#archived-2020", text: "x" }))).toBe("is_archived");
  expect(await codeOf(slack.chat.postMessage({ channel: "With Spaces", text: "x" }))).toBe(
    "channel_not_found",
  );
});

test("history finds a message by its metadata, and only shows the payload when asked to", async () => {
  const metadata = { event_type: "watchkeeper_delivery", event_payload: { delivery: "d-1" } };
  const first = await slack.chat.postMessage({ channel: "alerts", text: "before" });
  await clock.advance(10_000);
  const { channel = "", ts } = await slack.chat.postMessage({ channel: "alerts", text: "mine", metadata });
  const all = await slack.conversations.history({
    channel,
    oldest: first.ts ?? "",
    include_all_metadata: true,
  });
  expect(all.messages).toMatchObject([{ ts, text: "mine", metadata }]);
  const plain = await slack.conversations.history({ channel, limit: 1 });
  expect(plain.messages?.[0]?.metadata).toEqual({ event_type: "watchkeeper_delivery" });
  expect(plain.has_more).toBe(true);
  const inclusive = await slack.conversations.history({ channel, oldest: first.ts ?? "", inclusive: true });
  expect(inclusive.messages).toHaveLength(2);
});

test("a reply belongs to its thread and is no part of the channel's history", async () => {
  const { channel = "", ts = "" } = await slack.chat.postMessage({ channel: "alerts", text: "parent" });
  await slack.chat.postMessage({ channel, thread_ts: ts, text: "reply" });
  expect((await slack.conversations.history({ channel })).messages).toHaveLength(1);
  const { messages } = await slack.conversations.replies({ channel, ts });
  expect(messages?.map(({ text }) => text)).toEqual(["parent", "reply"]);
  expect(await codeOf(slack.chat.postMessage({ channel, thread_ts: "1.000000", text: "x" }))).toBe(
    "thread_not_found",
  );
});

const plain = (length: number) => ({ type: "plain_text", text: "x".repeat(length) }) as const;
const button = (text: string) => ({ type: "button", text: { type: "plain_text", text } }) as const;
const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

test.each([
  ["50 blocks", many(50, section(10)), many(51, section(10))],
  ["3,000 characters in a section", [section(3_000)], [section(3_001)]],
  [
    "10 fields of 2,000 characters",
    [{ type: "section", fields: many(5, plain(2_000)) }],
    [{ type: "section", fields: [plain(2_001)] }],
  ],
  [
    "10 fields",
    [{ type: "section", fields: many(10, plain(1)) }],
    [{ type: "section", fields: many(11, plain(1)) }],
  ],
  [
    "150 characters in a header",
    [{ type: "header", text: plain(150) }],
    [{ type: "header", text: plain(151) }],
  ],
  [
    "25 actions",
    [{ type: "actions", elements: many(25, button("Ack")) }],
    [{ type: "actions", elements: many(26, button("Ack")) }],
  ],
  [
    "10 elements in a context",
    [{ type: "context", elements: many(10, plain(1)) }],
    [{ type: "context", elements: many(11, plain(1)) }],
  ],
  [
    "75 characters on a button",
    [{ type: "actions", elements: [button("x".repeat(75))] }],
    [{ type: "actions", elements: [button("x".repeat(76))] }],
  ],
  ["no empty text", [section(1)], [section(0)]],
  ["blocks of a known type", [{ type: "divider" }], [{ type: "marquee" }]],
  ["unique block ids", [{ type: "divider", block_id: "a" }], many(2, { type: "divider", block_id: "a" })],
])(
  "blocks may have %s, and what is beyond is refused as invalid_blocks",
  async (_limit, allowed, refused) => {
    const post = (blocks: object[]) =>
      slack.apiCall("chat.postMessage", { channel: "alerts", text: "t", blocks });
    expect(await codeOf(post(allowed))).toBe("ok");
    expect(await codeOf(post(refused))).toBe("invalid_blocks");
    expect(await received()).toHaveLength(1);
  },
);

test("a refusal says where the fault is", async () => {
  const call = slack.apiCall("chat.postMessage", { channel: "alerts", text: "t", blocks: [section(3_001)] });
  await expect(call).rejects.toMatchObject({
    data: { errors: ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"] },
  });
});

test("more than 13,000 characters in all blocks are too long even when every block is short", async () => {
  const post = (last: number) =>
    slack.chat.postMessage({
      channel: "alerts",
      text: "t",
      blocks: [...many(4, section(3_000)), section(last)],
    });
  expect(await codeOf(post(1_000))).toBe("ok");
  expect(await codeOf(post(1_001))).toBe("msg_blocks_too_long");
});

test.each([
  [{ channel: "alerts" }, "no_text"],
  [{ channel: "alerts", text: "x".repeat(40_001) }, "msg_too_long"],
  [{ channel: "alerts", text: "t", metadata: "{" }, "invalid_metadata_format"],
  [{ channel: "alerts", text: "t", blocks: "[{" }, "invalid_blocks_format"],
  [{ text: "t" }, "channel_not_found"],
])("a call with arguments %j is refused", async (args, code) => {
  expect(await codeOf(slack.apiCall("chat.postMessage", args))).toBe(code);
});

test("a channel takes four messages at once, then one a second, and says how long to wait", async () => {
  const post = (channel: string) => slack.chat.postMessage({ channel, text: "x" });
  await clock.advance(10_000);
  for (let i = 0; i < 4; i++) await post("storm");
  await expect(post("storm")).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 1 });
  expect(await codeOf(post("other"))).toBe("ok");
  await clock.advance(1_000);
  expect(await codeOf(post("storm"))).toBe("ok");
  expect(await codeOf(post("storm"))).toBe(ErrorCode.RateLimitedError);
});

test("changing is limited to fifty calls a minute", async () => {
  const { channel = "", ts = "" } = await slack.chat.postMessage({ channel: "alerts", text: "x" });
  const results = await Promise.all(
    many(51, 0).map(() => codeOf(slack.chat.update({ channel, ts, text: "y" }))),
  );
  expect(results.filter((result) => result === "ok")).toHaveLength(50);
  expect(results.filter((result) => result === ErrorCode.RateLimitedError)).toHaveLength(1);
});

test("the fault error hits as many calls as it says and keeps nothing", async () => {
  await fault({ mode: "error", count: 1 });
  await expect(slack.chat.postMessage({ channel: "alerts", text: "x" })).rejects.toMatchObject({
    statusCode: 500,
  });
  expect(await received()).toEqual([]);
  expect(await codeOf(slack.chat.postMessage({ channel: "alerts", text: "x" }))).toBe("ok");
});

test("the fault rate-limit answers 429 until it is taken back", async () => {
  await fault({ mode: "rate-limit" });
  for (let i = 0; i < 3; i++) expect(await codeOf(slack.auth.test())).toBe(ErrorCode.RateLimitedError);
  await fault({ mode: "ok" });
  expect(await codeOf(slack.auth.test())).toBe("ok");
});

test("the fault hang never answers", async () => {
  await fault({ mode: "hang", count: 1 });
  expect(await codeOf(slack.chat.postMessage({ channel: "alerts", text: "x" }))).toBe(ErrorCode.RequestError);
  expect(await received()).toEqual([]);
});

test("the fault drop-after-accept keeps the message, cuts the connection and lets history through", async () => {
  const { channel = "" } = await slack.chat.postMessage({ channel: "alerts", text: "first" });
  await fault({ mode: "drop-after-accept", count: 1 });
  const { messages } = await slack.conversations.history({ channel });
  expect(messages).toHaveLength(1);
  expect(await codeOf(slack.chat.postMessage({ channel, text: "second" }))).toBe(ErrorCode.RequestError);
  expect(await received()).toMatchObject([{ summary: "second" }, { summary: "first" }]);
});
