import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SECRETS } from "../test-bed.ts";
import { verifySlack } from "./slack-signature.ts";
import { type ActionBed, createActionBed } from "./test-actions.ts";

let bed: ActionBed;
beforeAll(async () => {
  bed = await createActionBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.setDatabaseAway(false));

const seconds = (): number => Math.floor(bed.clock.now() / 1_000);
const sign = (secret: string, stamp: number | string, body: string): string =>
  `v0=${createHmac("sha256", secret).update(`v0:${stamp}:${body}`).digest("hex")}`;

const post = async (
  body: string,
  {
    ago = 0,
    stamp = (seconds() - ago) as number | string,
    secret = SECRETS.signing as string,
    signature = "",
  } = {},
): Promise<{ status: number; body: string }> => {
  const answer = await fetch(`${bed.url}/actions/slack`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": String(stamp),
      "x-slack-signature": signature || sign(secret, stamp, body),
    },
    body,
  });
  return { status: answer.status, body: await answer.text() };
};
const formOf = (payload: unknown): string =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const payloadOf = (incident: string, changes: object = {}) => ({
  type: "block_actions",
  user: { id: "U012345", username: "ada" },
  actions: [{ action_id: "acknowledge", action_ts: "1.5", value: incident }],
  ...changes,
});

test("a signature is the one that Slack's own documentation gives", () => {
  const body = Buffer.from(
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  );
  const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
  const request = { timestamp: "1531420618", signature, body };
  const secret = "8f742231b10e8888abcd99yyyzzz85a5";
  expect(verifySlack(secret, request, 1_531_420_618_000)).toEqual({ genuine: true });
  const minutes = (n: number): number => 1_531_420_618_000 + n * 60_000;
  for (const n of [-5, 5]) expect(verifySlack(secret, request, minutes(n))).toEqual({ genuine: true });
  for (const n of [-5.1, 5.1]) {
    expect(verifySlack(secret, request, minutes(n))).toEqual({ genuine: false, reason: "outside-window" });
  }
});

test("Acknowledge in Slack acknowledges, changes the message in place and tells the thread who pressed", async () => {
  await bed.open();
  expect(await bed.answer("slack", "acknowledge", "ada")).toBe("");
  expect(await bed.incident()).toMatchObject({ state: "acknowledged", acknowledged_by: "ada" });
  expect(await bed.timeline()).toContain("slack acknowledged acknowledged by ada");
  await bed.settle();
  const messages = await bed.received("slack");
  const [reply, message] = [
    messages.find(({ content }) => content.thread_ts !== undefined),
    messages.find(({ content }) => content.thread_ts === undefined),
  ];
  expect(messages).toHaveLength(2);
  expect(message).toMatchObject({ revisions: 1, summary: expect.stringContaining("[ACKNOWLEDGED]") });
  expect(message?.text).toContain("acknowledged by ada");
  expect(JSON.stringify(message?.content.blocks)).not.toContain('"action_id":"acknowledge"');
  expect(reply?.text).toMatch(/UTC {2}acknowledged by ada$/);
});

test("whoever presses what is not possible any more is told alone", async () => {
  const incident = await bed.open();
  await bed.answer("slack", "acknowledge", "ada");
  // The button that another reader still sees.
  await bed.answer("slack", "acknowledge", "bob");
  const [message] = await bed.received("slack");
  expect(message?.content.ephemeral).toMatchObject([
    { user: "bob", text: "Somebody looks after it already." },
  ]);
  expect(await bed.incident()).toMatchObject({ acknowledged_by: "ada" });
  expect(incident).not.toBe("");
});

test("a choice of the snooze and Resolve do what they say", async () => {
  const incident = await bed.open();
  expect(await bed.answer("slack", `snooze=${incident}/240`, "ada")).toBe("");
  expect((await bed.incident()).snoozed_until).not.toBeNull();
  expect(await bed.answer("slack", "resolve", "ada")).toBe("");
  expect(await bed.incident()).toMatchObject({ state: "resolved" });
  await bed.settle();
  const message = (await bed.received("slack")).find(({ content }) => content.thread_ts === undefined);
  expect(message?.summary).toContain("[RESOLVED]");
  expect(JSON.stringify(message?.content.blocks)).not.toContain('action_id":"resolve');
});

test("somebody whom the on-call file knows is shown as that person, whatever Slack calls them", async () => {
  const incident = await bed.open();
  const user = { id: "U0LOVELACE", username: "countess" };
  expect((await post(formOf(payloadOf(incident, { user })))).status).toBe(200);
  expect(await bed.incident()).toMatchObject({ state: "acknowledged", acknowledged_by: "ada" });
});

test("the same press again, replayed within the window, changes nothing", async () => {
  const incident = await bed.open();
  const body = formOf(payloadOf(incident));
  const stamp = seconds();
  for (let i = 0; i < 3; i++) expect((await post(body, { stamp })).status).toBe(200);
  const acknowledged = (await bed.timeline()).filter((line) => line.includes("acknowledged by"));
  expect(acknowledged).toHaveLength(1);
});

test.each([
  ["with another secret", { secret: "forged" }],
  ["from six minutes ago", { ago: 360 }],
  ["from six minutes ahead", { ago: -360 }],
  ["of no time", { stamp: "soon" }],
  ["with a signature cut short", { signature: "v0=ab" }],
  ["with a signature of the wrong kind", { signature: "v1=é" }],
])("a request %s is refused and changes nothing", async (_what, options) => {
  const incident = await bed.open();
  const headers = {
    ...options,
    ...("signature" in options && { signature: encodeURI(options.signature ?? "") }),
  };
  const { status, body } = await post(formOf(payloadOf(incident)), headers);
  expect(status).toBe(401);
  expect(body).toContain("Cannot take this as Slack's: its signature is missing, old or wrong");
  expect(await bed.incident()).toMatchObject({ state: "triggered" });
});

test("a body that was changed after it was signed is refused", async () => {
  const incident = await bed.open();
  const stamp = seconds();
  const signature = sign(SECRETS.signing, stamp, formOf(payloadOf(incident)));
  const changed = formOf(payloadOf(incident, { user: { id: "U1", username: "eve" } }));
  expect((await post(changed, { stamp, signature })).status).toBe(401);
});

test("a genuine payload that makes no sense is one clear error or nothing, never a crash", async () => {
  await bed.open();
  for (const body of ["", "payload=", "payload=%7B", formOf(null), formOf({ type: "view_submission" })]) {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("Cannot read this payload as ");
  }
  const odd = { action_id: "acknowledge", action_ts: "1", value: "'; DROP TABLE incident" };
  expect((await post(formOf(payloadOf("", { actions: [odd] })))).status).toBe(200);
  const unknown = "00000000-0000-4000-8000-000000000000";
  expect((await post(formOf(payloadOf(unknown)))).status).toBe(200);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
      const payload = { ...payloadOf(unknown), actions: [value], user: value };
      expect([200, 400]).toContain((await post(formOf(payload))).status);
    }),
    { numRuns: 30 },
  );
  expect(await bed.incident()).toMatchObject({ state: "triggered" });
});

test("an answer is only ever sent to Slack", async () => {
  const incident = await bed.open();
  const { createServer } = await import("node:http");
  let asked = 0;
  const elsewhere = createServer((_req, res) => {
    asked++;
    res.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  const { port } = elsewhere.address() as { port: number };
  await post(formOf(payloadOf(incident)));
  const response_url = `http://127.0.0.1:${port}/`;
  expect((await post(formOf(payloadOf(incident, { response_url, user: { id: "U2" } })))).status).toBe(200);
  expect(asked).toBe(0);
  await new Promise((resolve) => elsewhere.close(resolve));
});

test("with the database away the press is answered in time and whoever pressed is told to try again", async () => {
  await bed.open();
  bed.setDatabaseAway(true);
  expect(await bed.answer("slack", "acknowledge", "ada")).toBe("");
  const [message] = await bed.received("slack");
  expect(message?.content.ephemeral).toMatchObject([
    { text: "Watchkeeper cannot do this right now: press again in a minute." },
  ]);
});
