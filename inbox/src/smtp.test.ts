import { createTransport, type Transporter } from "nodemailer";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EmailContent } from "./message.ts";
import type { Inbox } from "./server.ts";
import { startTestInbox } from "./test-inbox.ts";

let inbox: Inbox;
let transport: Transporter;

/** @param patienceMs how long the client waits for an answer */
const connect = (patienceMs: number): Transporter =>
  createTransport({
    host: "127.0.0.1",
    port: inbox.smtpPort,
    auth: { user: "watchkeeper", pass: "anything" },
    socketTimeout: patienceMs,
  });

beforeEach(async () => {
  inbox = await startTestInbox();
  transport = connect(10_000);
});
afterEach(async () => {
  transport.close();
  await inbox.close();
});

const mail = {
  from: "Watchkeeper <pager@example.com>",
  to: "oncall@example.com",
  subject: "Login fails",
  text: "It does",
};

const received = async (): Promise<{ summary: string; text: string; content: EmailContent }[]> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=email`);
  return ((await answer.json()) as { messages: { summary: string; text: string; content: EmailContent }[] })
    .messages;
};

const fault = (mode: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${inbox.httpPort}/api/faults/email`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode, count: 1 }),
  });

test("a mail is kept with both its bodies, its ids and the recipients of the envelope", async () => {
  await transport.sendMail({
    ...mail,
    to: ["oncall@example.com", "second@example.com"],
    bcc: "archive@example.com",
    html: "<p>It <b>does</b></p>",
    messageId: "<d-2@watchkeeper>",
    inReplyTo: "<d-1@watchkeeper>",
    references: ["<d-0@watchkeeper>", "<d-1@watchkeeper>"],
    headers: { "X-Priority": "1" },
    attachments: [{ filename: "graph.txt", content: "0123456789" }],
  });
  expect(await received()).toMatchObject([
    {
      channel: "email",
      summary: "Login fails",
      text: "It does",
      content: {
        messageId: "<d-2@watchkeeper>",
        inReplyTo: "<d-1@watchkeeper>",
        references: ["<d-0@watchkeeper>", "<d-1@watchkeeper>"],
        from: '"Watchkeeper" <pager@example.com>',
        to: ["oncall@example.com", "second@example.com", "archive@example.com"],
        html: "<p>It <b>does</b></p>",
        headers: { "x-priority": "1" },
        attachments: [{ filename: "graph.txt", bytes: 10 }],
      },
    },
  ]);
});

test("nobody has to sign in", async () => {
  const anonymous = createTransport({ host: "127.0.0.1", port: inbox.smtpPort });
  await anonymous.sendMail(mail);
  anonymous.close();
  expect(await received()).toHaveLength(1);
});

test("a mail of more than 5 MB is refused for good", async () => {
  const sending = transport.sendMail({ ...mail, text: `${"x".repeat(998)}\n`.repeat(5_400) });
  await expect(sending).rejects.toMatchObject({ responseCode: 552 });
  expect(await received()).toEqual([]);
});

test("the fault error answers 451 after the final dot and keeps nothing", async () => {
  await fault("error");
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 451, command: "DATA" });
  expect(await received()).toEqual([]);
  await transport.sendMail(mail);
  expect(await received()).toHaveLength(1);
});

test("the fault rate-limit answers 421 to MAIL FROM", async () => {
  await fault("rate-limit");
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 421, command: "MAIL FROM" });
});

test("the fault hang never answers the final dot", async () => {
  await fault("hang");
  await expect(connect(500).sendMail(mail)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  expect(await received()).toEqual([]);
});

test("the fault drop-after-accept keeps the mail and cuts the connection without an answer", async () => {
  await fault("drop-after-accept");
  await expect(transport.sendMail(mail)).rejects.toThrow(/closed|ECONNRESET/i);
  expect(await received()).toHaveLength(1);
});
