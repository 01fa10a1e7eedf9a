import { createHmac, randomUUID } from "node:crypto";
import { until } from "@watchkeeper/testing/poll";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Message, Outcome } from "../channels/channel.ts";
import { SECRETS, sampleMessage } from "../test-bed.ts";
import { findCall } from "./calls.ts";
import { sealGrant } from "./grant.ts";
import { parseReply } from "./reply.ts";
import { type ActionBed, createActionBed } from "./test-actions.ts";
import { verifyTwilio } from "./twilio-signature.ts";
import { renderGoodbye, renderQuestion, spoken } from "./twiml.ts";

const NUMBER = "+4915112345678";
let bed: ActionBed;
beforeAll(async () => {
  bed = await createActionBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.setDatabaseAway(false));

/** Pages ada by this channel, as the outbox would. */
const page = async (
  channel: "sms" | "voice" | "ntfy",
  address = NUMBER,
): Promise<Outcome & { message: Message }> => {
  const id = await bed.open();
  const { number } = await bed.incident();
  await bed.database.query(
    "test",
    `INSERT INTO destination (name, min_interval, person) VALUES ($1, '1 s', 'ada') ON CONFLICT (name) DO NOTHING`,
    [`${channel}:${address}`],
  );
  const { rows } = await bed.database.query<{ id: string }>(
    "test",
    `INSERT INTO delivery (incident_id, destination, kind, urgency, caused_at, state)
     VALUES ($1, $2, 'announce', 1, pager_now(), 'sent') RETURNING id`,
    [id, `${channel}:${address}`],
  );
  const sample = sampleMessage({ to: { address, person: "ada" }, deliveryId: rows[0]?.id ?? "" });
  const message = { ...sample, incident: { ...sample.incident, id, number } };
  const outcome = await bed.options.channels.get(channel)?.send(message, AbortSignal.timeout(5_000));
  if (!outcome) throw new Error("not set up");
  return { ...outcome, message };
};

const sign = (url: string, form: URLSearchParams, token: string = SECRETS.twilio): string => {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => name + value);
  return createHmac("sha1", token)
    .update(url + fields.join(""))
    .digest("base64");
};
const post = async (path: string, fields: Record<string, string>, signature?: string) => {
  const form = new URLSearchParams(fields);
  const answer = await fetch(`${bed.url}${path}`, {
    method: "POST",
    headers: { "x-twilio-signature": signature ?? sign(`${bed.url}${path}`, form) },
    body: form,
  });
  return { status: answer.status, text: await answer.text() };
};

test("a signature is the one that Twilio's own documentation gives", () => {
  const form = new URLSearchParams({
    CallSid: "CA1234567890ABCDE",
    Caller: "+12349013030",
    Digits: "1234",
    From: "+12349013030",
    To: "+18005551212",
  });
  const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  expect(verifyTwilio("12345", url, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")).toBe(true);
  for (const signature of ["", "0", "0/KCTR6DLpKmkAf8muzZqo1nDgQ", "1/KCTR6DLpKmkAf8muzZqo1nDgQ=", "é"]) {
    const same = signature === "0/KCTR6DLpKmkAf8muzZqo1nDgQ";
    expect(verifyTwilio("12345", url, form, signature)).toBe(same);
  }
  expect(verifyTwilio("12345", `${url}3`, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")).toBe(false);
});

describe("a call", () => {
  test("says what is wrong, and a key acknowledges as the person whose phone it is", async () => {
    await page("voice");
    const { number } = await bed.incident();
    const heard = await bed.answer("voice", "answer");
    expect(heard).toContain(`Watchkeeper. Incident ${number}, priority 1. Service Down`);
    expect(heard).toContain("Nobody looks after it yet. Press 4 to acknowledge");
    expect(await bed.answer("voice", "9")).toContain("Press 4 to acknowledge");
    expect(await bed.answer("voice", "4")).toBe(`Incident ${number} is acknowledged. Goodbye.`);
    expect(await bed.incident()).toMatchObject({ state: "acknowledged", acknowledged_by: "ada" });
    expect(await bed.timeline()).toContain("voice acknowledged acknowledged by ada");
    const [call] = await bed.received("voice");
    expect(call?.content.status).toBe("completed");
  });

  test("that nobody answers is on the timeline", async () => {
    await page("voice");
    await bed.answer("voice", "decline");
    expect(await bed.timeline()).toContain("voice call-unheard Call of ada: nobody answered");
  });

  test("whose creation was not answered is known by what Twilio tells of it, and is not made again", async () => {
    const { message, ...outcome } = await page("voice");
    const sid = await until("Twilio's word", () => findCall(bed.database, message.deliveryId));
    expect(outcome).toMatchObject({ result: "sent", reference: sid });
    const again = { ...message, mayHaveArrived: true };
    expect(await bed.options.channels.get("voice")?.send(again, AbortSignal.timeout(5_000))).toEqual({
      result: "sent",
      reference: sid,
    });
    expect(await bed.received("voice")).toHaveLength(1);
  });

  test("with the database away still says that something is wrong", async () => {
    await page("voice");
    bed.setDatabaseAway(true);
    expect(await bed.answer("voice", "answer")).toContain("cannot reach its database");
  });
});

describe("a text message", () => {
  test("is answered by a reply, which acts as the person whose number it is", async () => {
    await page("sms");
    const { number } = await bed.incident();
    expect(await bed.answer("sms", `ack ${number}`)).toBe(`Incident #${number} is acknowledged.`);
    expect(await bed.timeline()).toContain("sms acknowledged acknowledged by ada");
    expect(await bed.answer("sms", `ACK ${number}`)).toBe("Somebody looks after it already.");
    expect(await bed.answer("sms", "what?")).toContain("Reply ACK, RES or SNOOZE");
    expect(await bed.answer("sms", "res 99999")).toBe("There is no incident #99999.");
  });

  test("from a number that we never wrote to asks for nothing", async () => {
    await bed.open();
    const { number } = await bed.incident();
    const stranger = { From: "+4915100000000", Body: `ACK ${number}`, MessageSid: "SM1" };
    expect((await post("/actions/twilio/text", stranger)).text).not.toContain("<Message>");
    expect(await bed.incident()).toMatchObject({ state: "triggered" });
  });

  test("answers for the incident that it told of, and for no other", async () => {
    await page("sms");
    await bed.open();
    const { number } = await bed.incident();
    const known = { From: NUMBER, Body: `ACK ${number}`, MessageSid: "SM3" };
    expect((await post("/actions/twilio/text", known)).text).toContain(
      `You were not told of incident #${number} by text.`,
    );
    expect(await bed.incident()).toMatchObject({ state: "triggered" });
  });

  test("that does not arrive is on the timeline", async () => {
    const { message } = await page("sms");
    const grant = sealGrant(SECRETS.action, {
      action: "call",
      incidentId: message.incident.id,
      deliveryId: message.deliveryId,
      person: "ada",
      expiresAtMs: bed.clock.now() + 1_000,
    });
    const failed = { MessageStatus: "undelivered", MessageSid: "SM2", ErrorCode: "30003" };
    for (let i = 0; i < 2; i++) await post(`/actions/twilio/text-status/${grant}`, failed);
    const lines = (await bed.timeline()).filter((line) => line.includes("not delivered"));
    expect(lines).toEqual(["sms text-undelivered SMS of ada: not delivered (Twilio 30003)"]);
  });

  test.each([
    ["ACK 12", { button: "acknowledge", number: 12 }],
    ["  a12 ", { button: "acknowledge", number: 12 }],
    ["Resolve #7.", { button: "resolve", number: 7 }],
    ["snooze 3", { button: "snooze", number: 3 }],
    ["constructor 3", undefined],
    ["ack", undefined],
    ["please ack 12", undefined],
    ["ack 12 13", undefined],
    ["", undefined],
  ])("%j is read as %j", (text, reply) => {
    expect(parseReply(text)).toEqual(reply);
  });
});

test("a push notification's button acts, and once only", async () => {
  await page("ntfy", "ada-pages");
  expect(await bed.answer("ntfy", "Acknowledge")).toBe("done");
  expect(await bed.incident()).toMatchObject({ state: "acknowledged", acknowledged_by: "ada" });
  expect(await bed.timeline()).toContain("ntfy acknowledged acknowledged by ada");
  expect(await bed.answer("ntfy", "Acknowledge")).toBe("failed: 410");
});

test("forged, unsigned and misdirected requests are refused and change nothing", async () => {
  const { message } = await page("voice");
  const grantOf = (secret: string, expiresAtMs: number): string =>
    sealGrant(secret, {
      action: "call",
      incidentId: message.incident.id,
      deliveryId: message.deliveryId,
      person: "ada",
      expiresAtMs,
    });
  const future = bed.clock.now() + 60_000;
  const keys = `/actions/twilio/keys/${grantOf(SECRETS.action, future)}`;
  const press = { Digits: "4", CallSid: "CA1" };
  for (const signature of ["", "AAAA", sign(`${bed.url}${keys}`, new URLSearchParams(press), "forged")]) {
    expect(await post(keys, press, signature)).toMatchObject({
      status: 401,
      text: expect.stringContaining("Cannot take this as Twilio's"),
    });
  }
  // Signed for another address.
  const other = sign(`${bed.url}/actions/twilio/text`, new URLSearchParams(press));
  expect((await post(keys, press, other)).status).toBe(401);
  for (const grant of [grantOf("forged", future), grantOf(SECRETS.action, bed.clock.now() - 1), "x"]) {
    expect((await post(`/actions/twilio/keys/${grant}`, press)).status).toBe(404);
  }
  expect(await bed.incident()).toMatchObject({ state: "triggered" });
});

test("any text of an alert is XML that a voice can speak", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
      for (const document of [
        renderGoodbye(spoken(text)),
        renderQuestion(text, `http://x/?a&"${randomUUID()}`),
      ]) {
        expect(document).not.toMatch(/[^\P{Cc}\n]|[\uFFFE\uFFFF]/u);
        expect(document.replaceAll(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
        expect(document.match(/<Say /g)?.length).toBe(document.match(/<\/Say>/g)?.length);
      }
    }),
  );
  expect(spoken("HighErrorRate on `app_1` https://x/y")).toBe("High Error Rate on app 1");
});
