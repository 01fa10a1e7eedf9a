import { createServer, type Server } from "node:http";
import { createManualClock } from "@watchkeeper/process/clock";
import { until } from "@watchkeeper/testing/poll";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inbox } from "../server.ts";
import { startTestInbox } from "../test-inbox.ts";
import { signatureOf } from "./signature.ts";
import { parseTwiml } from "./twiml.ts";

const ACCOUNT = `AC${"0".repeat(32)}`;
const AUTH = `Basic ${Buffer.from(`${ACCOUNT}:the-token`).toString("base64")}`;
const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
let inbox: Inbox;
let url: string;
/** Whom Twilio calls back: keeps what came and answers with what a test says. */
let app: Server;
let appUrl: string;
let calls: { path: string; form: URLSearchParams; isSigned: boolean }[];
let answers: Record<string, string>;

beforeEach(async () => {
  calls = [];
  answers = {};
  app = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const form = new URLSearchParams(body);
    const signature = signatureOf("the-token", `${appUrl}${req.url}`, form);
    calls.push({ path: req.url ?? "", form, isSigned: req.headers["x-twilio-signature"] === signature });
    res.end(answers[req.url ?? ""] ?? "<Response/>");
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(app.address() as { port: number }).port}`;
  const smsUrl = `${appUrl}/sms`;
  inbox = await startTestInbox({ clock, smsUrl });
  url = `http://127.0.0.1:${inbox.httpPort}`;
});
afterEach(async () => {
  await inbox.close();
  app.closeAllConnections();
  app.close();
});

const create = async (
  what: string,
  fields: Record<string, string>,
  authorization = AUTH,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${url}/twilio/2010-04-01/Accounts/${ACCOUNT}/${what}.json`, {
    method: "POST",
    headers: { authorization },
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const sms = { To: "+4915112345678", From: "+4930123456", Body: "It is down" };
const received = async (channel: string): Promise<{ id: number; content: Record<string, unknown> }> => {
  const answer = await fetch(`${url}/api/messages?channel=${channel}`);
  const [message] = ((await answer.json()) as { messages: never[] }).messages;
  return message ?? { id: 0, content: {} };
};
const answerWith = async (channel: string, what: string): Promise<unknown> => {
  const { id } = await received(channel);
  const answer = await fetch(`${url}/api/messages/${id}/answer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ with: what }),
  });
  return ((await answer.json()) as { saw: string }).saw;
};

test("a signature is the one that Twilio's own documentation gives", () => {
  const form = new URLSearchParams({
    CallSid: "CA1234567890ABCDE",
    Caller: "+12349013030",
    Digits: "1234",
    From: "+12349013030",
    To: "+18005551212",
  });
  expect(signatureOf("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)).toBe(
    "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
  );
});

test("a text message is created, delivered with a signed callback, and listed by number and time", async () => {
  const created = await create("Messages", { ...sms, StatusCallback: `${appUrl}/status?d=1` });
  expect(created).toMatchObject({ status: 201, body: { status: "queued", num_segments: "1" } });
  await until("the callback", () => calls[0]);
  expect(calls[0]).toMatchObject({ path: "/status?d=1", isSigned: true });
  expect(calls[0]?.form.get("MessageStatus")).toBe("delivered");
  const list = async (query: string): Promise<unknown> => {
    const path = `${url}/twilio/2010-04-01/Accounts/${ACCOUNT}/Messages.json?${query}`;
    const answer = await fetch(path, { headers: { authorization: AUTH } });
    return ((await answer.json()) as { messages: { sid: string }[] }).messages.map(({ sid }) => sid);
  };
  const { sid } = created.body;
  const to = encodeURIComponent(sms.To);
  expect(await list(`To=${to}&DateSent%3E=2026-03-01T08:59:00Z`)).toEqual([sid]);
  expect(await list(`To=${to}&DateSent%3E=2026-03-01T09:01:00Z`)).toEqual([]);
  expect(await list(`To=${encodeURIComponent("+4915100000000")}`)).toEqual([]);
});

test.each([
  [{ ...sms, To: "" }, 400, 21604],
  [{ ...sms, From: "" }, 400, 21603],
  [{ ...sms, Body: "" }, 400, 21602],
  [{ ...sms, Body: "x".repeat(1_601) }, 400, 21617],
  [{ ...sms, To: "0151 1234" }, 400, 21211],
  [{ ...sms, To: "+15005550004" }, 400, 21610],
  [{ ...sms, StatusCallback: "nowhere" }, 400, 21609],
])("the message %j is refused with Twilio's code", async (fields, status, code) => {
  expect(await create("Messages", fields)).toMatchObject({ status, body: { code, status } });
});

test("without an account's credentials nothing is created", async () => {
  expect(await create("Messages", sms, "")).toMatchObject({ status: 401, body: { code: 20003 } });
  const wrong = `Basic ${Buffer.from("alice:secret").toString("base64")}`;
  expect(await create("Calls", { To: sms.To, From: sms.From }, wrong)).toMatchObject({ status: 401 });
});

test("more than a hundred requests a second are refused with 20429", async () => {
  for (let i = 0; i < 100; i++) await create("Messages", sms);
  expect(await create("Messages", sms)).toMatchObject({ status: 429, body: { code: 20429 } });
  await clock.advance(1_000);
  expect(await create("Messages", sms)).toMatchObject({ status: 201 });
}, 20_000);

test("a reply goes to the number's address, and what comes back is read", async () => {
  await create("Messages", sms);
  answers["/sms"] = "<Response><Message>Acknowledged #12</Message></Response>";
  expect(await answerWith("sms", "ack 12")).toBe("Acknowledged #12");
  expect(calls[0]?.isSigned).toBe(true);
  expect(Object.fromEntries(calls[0]?.form ?? [])).toMatchObject({
    Body: "ack 12",
    From: sms.To,
    To: sms.From,
  });
  expect((await received("sms")).content.conversation).toMatchObject([
    { who: "them", text: "ack 12" },
    { who: "us", text: "Acknowledged #12" },
  ]);
});

test("a call rings, speaks what its address answers, and sends the keys that are pressed", async () => {
  answers["/voice"] =
    `<Response><Gather action="/keys" numDigits="1"><Say>It is down. Press 4.</Say></Gather><Say>Goodbye.</Say></Response>`;
  answers["/keys"] = "<Response><Say>Acknowledged.</Say><Hangup/></Response>";
  const fields = { To: sms.To, From: sms.From, Url: `${appUrl}/voice`, StatusCallback: `${appUrl}/status` };
  expect(await create("Calls", fields)).toMatchObject({ status: 201, body: { status: "ringing" } });
  expect(await answerWith("voice", "4")).toBe("nobody waits for keys: the call is ringing");
  expect(await answerWith("voice", "answer")).toBe("It is down. Press 4.");
  expect(await answerWith("voice", "44")).toBe("Acknowledged.");
  expect(calls.every(({ isSigned }) => isSigned)).toBe(true);
  expect(calls.find(({ path }) => path === "/keys")?.form.get("Digits")).toBe("4");
  expect(await answerWith("voice", "answer")).toBe("the call is completed");
});

test("how a call goes is told: its end always, its steps to those who asked", async () => {
  const fields = { To: sms.To, From: sms.From, Url: `${appUrl}/voice`, StatusCallback: `${appUrl}/status` };
  await create("Calls", fields);
  await answerWith("voice", "decline");
  expect(calls.map(({ form }) => form.get("CallStatus"))).toEqual(["no-answer"]);
  await create("Calls", { ...fields, StatusCallbackEvent: "initiated" });
  await until("the first step", () => calls[1]);
  expect(calls[1]?.form.get("CallStatus")).toBe("initiated");
});

test.each([
  ["", /^12100/],
  ["<html/>", /^12100/],
  ["<Response><Dial>+49</Dial></Response>", /^12200/],
  [`<Response><Say>${"x".repeat(4_097)}</Say></Response>`, /^13520/],
])("TwiML %j is a mistake with Twilio's number", (document, message) => {
  expect(() => parseTwiml(document, "http://localhost/")).toThrow(message);
});
