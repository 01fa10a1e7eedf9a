import { createServer } from "node:net";
import { labels } from "@watchkeeper/catalogue/labels";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createManualClock } from "@watchkeeper/process/clock";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createActionAddresses } from "../actions/addresses.ts";
import { SECRETS, sampleIncident, sampleMessage, standInChannels } from "../test-bed.ts";
import type { Channel, Message, Outcome, Recipient } from "./channel.ts";
import type { ChannelName } from "./channel-name.ts";
import { createChannels } from "./channels.ts";

/*
 * The contract: every channel passes the same tests against a provider that behaves and misbehaves. What a channel
 * does differently stands in the table below, and nowhere else.
 */

interface Received {
  readonly revisions: number;
  readonly summary: string;
  readonly text: string;
  readonly content: Record<string, unknown>;
}

interface Profile {
  readonly to: Recipient;
  /** What the reader must find in a message, beside its headline. */
  readonly shows: readonly string[];
  readonly headline: string;
  /** How the provider's 500 and 429 are taken. */
  readonly onError: "retry" | "ambiguous";
  readonly onTooFast: Partial<Extract<Outcome, { result: "too-fast" | "retry" }>>;
  /** What is received of an end. */
  readonly resolved: (messages: readonly Received[], message: Message) => void;
  /** What a second attempt after an arrival without an answer has left behind: newest first. */
  readonly afterDoubt: (messages: readonly Received[], message: Message) => void;
}

const TEAM: Recipient = { address: null, person: null };
const person = (address: string): Recipient => ({ address, person: "ada" });
const HEADLINE = "[PAGE] #12 ServiceDown: The directory does not answer (app)";
const EVERYTHING = ["No instance has answered", "/runbooks/ServiceDown", "/boards/overview", "/incidents/12"];
const said = (messages: readonly Received[], text: string) =>
  messages.filter(({ content }) => JSON.stringify(content).includes(text));
const NUMBER = "+4915112345678";

const profiles: Readonly<Record<ChannelName, Profile>> = {
  slack: {
    to: TEAM,
    headline: HEADLINE,
    shows: EVERYTHING,
    onError: "ambiguous",
    onTooFast: { result: "too-fast", pauseMs: 1_000 },
    resolved(messages) {
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        revisions: 1,
        summary: expect.stringContaining("[RESOLVED]"),
      });
    },
    afterDoubt: (messages, { deliveryId }) => expect(said(messages, deliveryId)).toHaveLength(1),
  },
  email: {
    to: person("ada@example.org"),
    headline: HEADLINE,
    shows: [...EVERYTHING, "/actions/links/"],
    onError: "retry",
    onTooFast: { result: "retry", ladder: "mail-deferred" },
    resolved([last, first]) {
      expect(last?.summary).toContain("[RESOLVED]");
      expect(last?.content.to).toEqual(["ada@example.org"]);
      expect(last?.content.inReplyTo).toBe(first?.content.messageId);
      expect(last?.content.references).toEqual([first?.content.messageId]);
    },
    // One that is read twice has one Message-ID: many servers and readers drop the second.
    afterDoubt: (messages, { deliveryId }) =>
      expect(new Set(said(messages, deliveryId).map(({ content }) => content.messageId)).size).toBe(1),
  },
  pagerduty: {
    to: TEAM,
    headline: HEADLINE,
    shows: EVERYTHING,
    onError: "retry",
    onTooFast: { result: "too-fast", pauseMs: 1_000 },
    resolved([last], { incident }) {
      expect(last?.content).toMatchObject({
        event_action: "resolve",
        effect: "resolved",
        dedup_key: `test-install:${incident.id}`,
      });
    },
    afterDoubt: (messages) =>
      expect(messages.map(({ content }) => content.effect)).toEqual(["repeated", "opened", "opened"]),
  },
  ntfy: {
    to: person("ada-pages"),
    headline: HEADLINE,
    shows: ["No instance has answered", "/incidents/12", "/actions/links/", '"priority":5'],
    onError: "retry",
    onTooFast: { result: "too-fast", pauseMs: 5_000 },
    resolved(messages) {
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        revisions: 1,
        summary: expect.stringContaining("[RESOLVED]"),
        content: { priority: 2 },
      });
    },
    afterDoubt: (messages, { deliveryId }) => expect(said(messages, deliveryId)).toHaveLength(1),
  },
  sms: {
    to: person(NUMBER),
    headline: "[P1] #12 ServiceDown: The directory does not answer (app)",
    shows: ["/incidents/12", "Reply ACK 12 or RES 12", NUMBER],
    onError: "ambiguous",
    onTooFast: { result: "too-fast", pauseMs: 2_000 },
    resolved(messages) {
      expect(messages).toHaveLength(2);
      expect(messages[0]?.summary).toContain("[RESOLVED] #12");
      expect(messages[0]?.text).not.toContain("Reply");
    },
    afterDoubt: (messages, { deliveryId }) =>
      expect(said(messages, deliveryId.slice(0, 8)).filter(({ text }) => text !== "")).toHaveLength(1),
  },
  voice: {
    to: person(NUMBER),
    headline: NUMBER,
    shows: ["http://127.0.0.1:9/actions/twilio/speech/"],
    onError: "ambiguous",
    onTooFast: { result: "too-fast", pauseMs: 2_000 },
    resolved: (messages) => expect(messages).toHaveLength(1),
    // The second of two calls: the first was another incident's.
    afterDoubt: (messages) => expect(messages).toHaveLength(2),
  },
  webhook: {
    to: TEAM,
    headline: HEADLINE,
    shows: EVERYTHING,
    onError: "retry",
    onTooFast: { result: "too-fast", pauseMs: 1_000 },
    resolved([last]) {
      expect(JSON.parse(String(last?.content.body))).toMatchObject({
        event: "incident.resolved",
        incident: { state: "resolved" },
      });
    },
    afterDoubt: (messages, { deliveryId }) => {
      const copies = said(messages, deliveryId);
      expect(copies.filter(({ content }) => content.duplicateOf === undefined)).toHaveLength(1);
    },
  },
};

let inbox: Inbox;
// The stand-in enforces its limits; between tests they have time to recover.
const clock = createManualClock(Date.now());
let channels: ReadonlyMap<ChannelName, Channel>;
const url = (path: string): string => `http://127.0.0.1:${inbox.httpPort}/api/${path}`;
// Nobody is there: calls that Twilio tells of are learnt of below.
const addresses = createActionAddresses({ publicUrl: "http://127.0.0.1:9", secret: SECRETS.action });

/** What Twilio's callbacks would have told, read from its ledger. */
const findCall = async (): Promise<string | undefined> => {
  const answer = await fetch(url("messages?channel=voice"));
  const { messages } = (await answer.json()) as { messages: { content: { sid: string } }[] };
  return messages.length > 1 ? messages[0]?.content.sid : undefined;
};
const create = (settings: ReturnType<typeof standInChannels>) =>
  createChannels(settings, "test-install", { addresses, findCall });

beforeAll(async () => {
  inbox = await startTestInbox({ clock });
  channels = create(standInChannels(inbox));
});
afterAll(() => inbox.close());

/** A port that nobody listens on. */
const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

test("every channel of the catalogue is here", () => {
  expect([...channels.keys()].sort()).toEqual([...labels.channel.values].sort());
});

test("a Twilio on the internet is not asked to call an address of this machine", async () => {
  const settings = standInChannels(inbox);
  const real = settings.twilio && { ...settings.twilio, url: "https://api.twilio.com" };
  const withReal = createChannels({ ...settings, twilio: real }, "x", { addresses, findCall });
  expect([withReal.has("sms"), withReal.has("voice")]).toEqual([true, false]);
});

describe.each(labels.channel.values)("the channel %s", (name) => {
  const profile = profiles[name];
  const messageOf = (changes: Partial<Message> = {}): Message =>
    sampleMessage({ to: profile.to, ...changes });
  const misbehave = async (mode: string, count: number | null = 1): Promise<void> => {
    const body = JSON.stringify({ mode, count });
    const answer = await fetch(url(`faults/${name}`), {
      method: "PUT",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(200);
  };
  const received = async (): Promise<readonly Received[]> => {
    const answer = await fetch(url(`messages?channel=${name}`));
    return ((await answer.json()) as { messages: Received[] }).messages;
  };
  const send = (message: Message, timeoutMs = 10_000): Promise<Outcome> => {
    const channel = channels.get(name);
    if (!channel) throw new Error(`no channel ${name}`);
    return channel.send(message, AbortSignal.timeout(timeoutMs));
  };
  const referenceOf = (outcome: Outcome): string | null =>
    outcome.result === "sent" ? outcome.reference : null;
  const resolutionOf = (message: Message, announced: Outcome): Message =>
    messageOf({
      kind: "resolve",
      incident: {
        ...message.incident,
        state: "resolved",
        resolvedAt: new Date("2026-03-01T03:12:00Z"),
        firing: 0,
      },
      announcement: { ...message.announcement, reference: referenceOf(announced) },
      lastReference: referenceOf(announced),
    });

  beforeEach(async () => {
    await clock.advance(300_000);
    await misbehave("ok", null);
    await fetch(url("messages"), { method: "DELETE" });
  });

  test("reaches whom it says it reaches", () => {
    const reached = profile.to.address === null ? "team" : "people";
    expect(channels.get(name)?.reaches).toContain(reached);
  });

  test("delivers what a person needs at night", async () => {
    expect(await send(messageOf())).toMatchObject({ result: "sent" });
    const [message, ...more] = await received();
    expect(more).toEqual([]);
    expect(message?.summary).toContain(profile.headline);
    const everything = JSON.stringify(message);
    for (const part of profile.shows) expect(everything).toContain(part);
  });

  test("says that it is over, where the announcement was", async () => {
    const message = messageOf();
    const announced = await send(message);
    expect(await send(resolutionOf(message, announced))).toMatchObject({ result: "sent" });
    profile.resolved(await received(), message);
  });

  test("a provider's error is worth another attempt, which succeeds", async () => {
    await misbehave("error");
    const message = messageOf();
    const failed = await send(message);
    expect(failed.result).toBe(profile.onError);
    expect(await received()).toEqual([]);
    expect(await send({ ...message, mayHaveArrived: failed.result === "ambiguous" })).toMatchObject({
      result: "sent",
    });
    expect(await received()).toHaveLength(1);
  });

  test("a provider that is asked too fast is left alone for as long as it says", async () => {
    await misbehave("rate-limit");
    expect(await send(messageOf())).toMatchObject(profile.onTooFast);
    expect(await received()).toEqual([]);
  });

  test("a message that arrived without an answer is not a second one for its reader", async () => {
    const earlier = await send(messageOf());
    await misbehave("drop-after-accept");
    const message = messageOf({ lastReference: referenceOf(earlier) });
    const lost = await send(message);
    expect(lost).toMatchObject({ result: "ambiguous" });
    expect(await send({ ...message, mayHaveArrived: true })).toMatchObject({ result: "sent" });
    profile.afterDoubt(await received(), message);
  });

  test("a provider that does not answer is given up when time is over", async () => {
    await misbehave("hang");
    const start = performance.now();
    const outcome = await send(messageOf(), 300);
    expect(outcome.result).toBe("ambiguous");
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("a provider that is not there is not taken for a doubtful one", async () => {
    const port = await closedPort();
    const nowhere = create(standInChannels({ httpPort: port, smtpPort: port })).get(name);
    const outcome = await nowhere?.send(messageOf(), AbortSignal.timeout(5_000));
    expect(outcome).toMatchObject({ result: "retry" });
  });

  test("texts of any length and kind fit the provider's limits", async () => {
    const giant = `<!channel> & "${"🔥<script>".repeat(20_000)}`;
    const incident = sampleIncident({ alertname: giant, service: giant, summary: giant, description: giant });
    const history = Array.from({ length: 50 }, (_, id) => ({
      id,
      at: new Date(),
      kind: "note",
      text: giant,
      actor: null,
    }));
    expect(await send(messageOf({ incident, history }))).toMatchObject({ result: "sent" });
    const [message] = await received();
    // Only mrkdwn gives these characters a meaning; headers are plain text.
    const blocks = (message?.content.blocks ?? []) as { text?: { type: string; text: string } }[];
    const marked = blocks.flatMap(({ text }) => (text?.type === "mrkdwn" ? [text.text] : []));
    expect(
      [...marked, message?.content.html].filter((text) => /<!channel>|<script>/.test(String(text))),
    ).toEqual([]);
  });

  test("a person who is asked again hears it again", async () => {
    const message = messageOf();
    const announced = await send(message);
    const again = messageOf({
      kind: "again",
      incident: message.incident,
      page: { level: 1, round: 2, reason: "escalation" },
      announcement: { ...message.announcement, reference: referenceOf(announced) },
    });
    expect(await send(again)).toMatchObject({ result: "sent" });
    const rings = profile.to.address !== null;
    if (rings) expect(await received()).toHaveLength(2);
  });

  test("no reason names a secret", async () => {
    for (const mode of ["error", "rate-limit", "drop-after-accept"]) {
      await misbehave(mode);
      const outcome = JSON.stringify(await send(messageOf()));
      for (const secret of Object.values(SECRETS)) expect(outcome).not.toContain(secret);
    }
  });
});

test.each([
  ["slack", { slack: { channel: "no-such-channel" } }, TEAM, "channel_not_found"],
  ["pagerduty", { pagerduty: { routingKey: "too-short" } }, TEAM, "routing_key"],
  ["webhook", { webhook: { url: "/nowhere" } }, TEAM, "HTTP 404"],
  ["ntfy", {}, person("no-such-topic"), "40301"],
  ["sms", {}, person("+15005550004"), "21610"],
  ["voice", {}, person("+15005550001"), "21211"],
] as const)("%s says when it will never work", async (name, changes, to, reason) => {
  const good = standInChannels(inbox);
  const settings = {
    ...good,
    slack: { ...good.slack, ...("slack" in changes && changes.slack) },
    pagerduty: { ...good.pagerduty, ...("pagerduty" in changes && changes.pagerduty) },
    webhook: {
      ...good.webhook,
      ...("webhook" in changes && { url: `http://127.0.0.1:${inbox.httpPort}${changes.webhook.url}` }),
    },
  } as typeof good;
  const outcome = await create(settings).get(name)?.send(sampleMessage({ to }), AbortSignal.timeout(5_000));
  expect(outcome).toMatchObject({ result: "dead", reason: expect.stringContaining(reason) });
});

test("Slack's very first message is found again although its channel is known by name alone", async () => {
  await clock.advance(300_000);
  const settings = standInChannels(inbox);
  const slack = settings.slack && { ...settings.slack, channel: "#brand-new" };
  const channel = create({ ...settings, slack }).get("slack");
  await fetch(url("faults/slack"), {
    method: "PUT",
    body: JSON.stringify({ mode: "drop-after-accept", count: 1 }),
    headers: { "content-type": "application/json" },
  });
  const message = sampleMessage();
  expect(await channel?.send(message, AbortSignal.timeout(5_000))).toMatchObject({ result: "ambiguous" });
  const again = { ...message, mayHaveArrived: true };
  expect(await channel?.send(again, AbortSignal.timeout(5_000))).toMatchObject({ result: "sent" });
  const answer = await fetch(url("messages?channel=slack"));
  const { messages } = (await answer.json()) as { messages: Received[] };
  expect(messages.filter(({ content }) => content.channel_name === "brand-new")).toHaveLength(1);
});

describe("the thread of a Slack message", () => {
  const line = (id: number, kind: string, text: string) => ({
    id,
    kind,
    text,
    at: new Date("2026-03-01T03:04:00Z"),
    actor: "ada",
  });
  const thread = async (): Promise<readonly Received[]> => {
    const answer = await fetch(url("messages?channel=slack"));
    const { messages } = (await answer.json()) as { messages: Received[] };
    return messages.filter(({ content }) => content.thread_ts !== undefined);
  };
  const slack = (): Channel => {
    const channel = channels.get("slack");
    if (!channel) throw new Error("no Slack");
    return channel;
  };
  const updateOf = async (): Promise<Message> => {
    const message = sampleMessage();
    const announced = await slack().send(message, AbortSignal.timeout(5_000));
    return sampleMessage({
      kind: "update",
      incident: { ...message.incident, state: "acknowledged", acknowledgedBy: "ada" },
      history: [line(7, "announce-sent", "Slack: announced"), line(8, "acknowledged", "acknowledged by ada")],
      announcement: {
        ...message.announcement,
        reference: announced.result === "sent" ? announced.reference : null,
      },
    });
  };

  beforeEach(async () => {
    await clock.advance(300_000);
    await fetch(url("messages"), { method: "DELETE" });
  });

  test("holds what has happened, without the pager's own bookkeeping", async () => {
    const update = await updateOf();
    expect(await slack().send(update, AbortSignal.timeout(5_000))).toMatchObject({ result: "sent" });
    expect((await thread()).map(({ text }) => text)).toEqual(["03:04 UTC  acknowledged by ada"]);
  });

  test("is not written twice when the answer was lost", async () => {
    const update = await updateOf();
    await slack().send(update, AbortSignal.timeout(5_000));
    const retried = await slack().send({ ...update, mayHaveArrived: true }, AbortSignal.timeout(5_000));
    expect(retried).toMatchObject({ result: "sent" });
    expect(await thread()).toHaveLength(1);
  });
});
