import { createServer } from "node:net";
import { type Inbox, startInbox } from "@watchkeeper/inbox/server";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ChannelName } from "../routes.ts";
import { SECRETS, sampleIncident, sampleMessage, standInChannels } from "../test-bed.ts";
import type { Channel, Message, Outcome } from "./channel.ts";
import { createChannels } from "./channels.ts";

/** The contract: every channel passes the same tests against a provider that behaves and misbehaves. */

interface Received {
  readonly revisions: number;
  readonly summary: string;
  readonly text: string;
  readonly content: Record<string, unknown>;
}

let inbox: Inbox;
// The stand-in enforces Slack's rate; between tests it has time to recover.
const clock = createManualClock(Date.now());
let channels: ReadonlyMap<ChannelName, Channel>;
const url = (path: string): string => `http://127.0.0.1:${inbox.httpPort}/api/${path}`;

beforeAll(async () => {
  const log = createLog("inbox", "silent");
  inbox = await startInbox({ host: "127.0.0.1", httpPort: 0, smtpPort: 0, log, clock });
  channels = createChannels(standInChannels(inbox), "test-install");
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

const names = ["slack", "email", "pagerduty", "webhook"] as const satisfies readonly ChannelName[];

describe.each(names)("the channel %s", (name) => {
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
    sampleMessage({
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
    await clock.advance(60_000);
    await misbehave("ok", null);
    await fetch(url("messages"), { method: "DELETE" });
  });

  test("delivers what a person needs at night", async () => {
    expect(await send(sampleMessage())).toMatchObject({ result: "sent" });
    const [message, ...more] = await received();
    expect(more).toEqual([]);
    expect(message?.summary).toContain("[PAGE] #12 ServiceDown: The directory does not answer (app)");
    const everything = JSON.stringify(message);
    for (const part of [
      "No instance has answered",
      "/runbooks/ServiceDown",
      "/boards/overview",
      "/incidents/12",
    ]) {
      expect(everything).toContain(part);
    }
  });

  test("says in the place of the announcement that it is over", async () => {
    const message = sampleMessage();
    const announced = await send(message);
    expect(await send(resolutionOf(message, announced))).toMatchObject({ result: "sent" });
    const messages = await received();
    const [last] = messages;
    const first = messages.at(-1);
    switch (name) {
      case "slack":
        expect(messages).toHaveLength(1);
        expect(last).toMatchObject({ revisions: 1 });
        expect(last?.summary).toContain("[RESOLVED]");
        break;
      case "email":
        expect(last?.summary).toContain("[RESOLVED]");
        expect(last?.content.inReplyTo).toBe(first?.content.messageId);
        expect(last?.content.references).toEqual([first?.content.messageId]);
        break;
      case "pagerduty":
        expect(last?.content).toMatchObject({ event_action: "resolve", effect: "resolved" });
        expect(last?.content.dedup_key).toBe(`test-install:${message.incident.id}`);
        break;
      case "webhook":
        expect(JSON.parse(String(last?.content.body))).toMatchObject({
          event: "incident.resolved",
          incident: { state: "resolved" },
        });
    }
  });

  test("a provider's error is worth another attempt, which succeeds", async () => {
    await misbehave("error");
    const message = sampleMessage();
    const failed = await send(message);
    expect(["retry", "ambiguous"]).toContain(failed.result);
    expect(await received()).toEqual([]);
    expect(await send({ ...message, mayHaveArrived: failed.result === "ambiguous" })).toMatchObject({
      result: "sent",
    });
    expect(await received()).toHaveLength(1);
  });

  test("a provider that is asked too fast is left alone for as long as it says", async () => {
    await misbehave("rate-limit");
    const outcome = await send(sampleMessage());
    if (name === "email") expect(outcome).toMatchObject({ result: "retry", ladder: "mail-deferred" });
    else expect(outcome).toMatchObject({ result: "too-fast", pauseMs: 1_000 });
    expect(await received()).toEqual([]);
  });

  test("a message that arrived without an answer is not a second one for its reader", async () => {
    const earlier = await send(sampleMessage());
    await misbehave("drop-after-accept");
    const message = sampleMessage({ lastReference: referenceOf(earlier) });
    const lost = await send(message);
    expect(lost).toMatchObject({ result: "ambiguous" });
    expect(await send({ ...message, mayHaveArrived: true })).toMatchObject({ result: "sent" });
    const copies = (await received()).filter(({ content }) =>
      JSON.stringify(content).includes(message.deliveryId),
    );
    switch (name) {
      case "slack":
        expect(copies).toHaveLength(1);
        break;
      case "email":
        expect(new Set(copies.map(({ content }) => content.messageId)).size).toBe(1);
        break;
      case "pagerduty":
        expect((await received()).map(({ content }) => content.effect)).toEqual([
          "repeated",
          "opened",
          "opened",
        ]);
        break;
      case "webhook":
        expect(copies.filter(({ content }) => content.duplicateOf === undefined)).toHaveLength(1);
    }
  });

  test("a provider that does not answer is given up when time is over", async () => {
    await misbehave("hang");
    const start = performance.now();
    const outcome = await send(sampleMessage(), 300);
    expect(outcome.result).toBe("ambiguous");
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("a provider that is not there is not taken for a doubtful one", async () => {
    const port = await closedPort();
    const nowhere = createChannels(standInChannels({ httpPort: port, smtpPort: port }), "test-install").get(
      name,
    );
    const outcome = await nowhere?.send(sampleMessage(), AbortSignal.timeout(5_000));
    expect(outcome).toMatchObject({ result: "retry" });
  });

  test("texts of any length and kind fit the provider's limits", async () => {
    const giant = `<!channel> & "${"🔥<script>".repeat(20_000)}`;
    const incident = sampleIncident({ alertname: giant, service: giant, summary: giant, description: giant });
    expect(await send(sampleMessage({ incident }))).toMatchObject({ result: "sent" });
    const [message] = await received();
    // Only mrkdwn gives these characters a meaning; headers are plain text.
    const blocks = (message?.content.blocks ?? []) as { text?: { type: string; text: string } }[];
    const marked = blocks.flatMap(({ text }) => (text?.type === "mrkdwn" ? [text.text] : []));
    expect(
      [...marked, message?.content.html].filter((text) => /<!channel>|<script>/.test(String(text))),
    ).toEqual([]);
  });

  test("no reason names a secret", async () => {
    for (const mode of ["error", "rate-limit", "drop-after-accept"]) {
      await misbehave(mode);
      const outcome = JSON.stringify(await send(sampleMessage()));
      for (const secret of Object.values(SECRETS)) expect(outcome).not.toContain(secret);
    }
  });
});

test.each([
  ["slack", { slack: { channel: "no-such-channel" } }, "channel_not_found"],
  ["pagerduty", { pagerduty: { routingKey: "too-short" } }, "routing_key"],
  ["webhook", { webhook: { url: "/nowhere" } }, "HTTP 404"],
] as const)("%s says when it will never work", async (name, changes, reason) => {
  const good = standInChannels(inbox);
  const settings = {
    slack: { ...good.slack, ...("slack" in changes && changes.slack) },
    email: good.email,
    pagerduty: { ...good.pagerduty, ...("pagerduty" in changes && changes.pagerduty) },
    webhook: {
      ...good.webhook,
      ...("webhook" in changes && { url: `http://127.0.0.1:${inbox.httpPort}${changes.webhook.url}` }),
    },
  } as typeof good;
  const channel = createChannels(settings, "test-install").get(name);
  const outcome = await channel?.send(sampleMessage(), AbortSignal.timeout(5_000));
  expect(outcome).toMatchObject({ result: "dead", reason: expect.stringContaining(reason) });
});
