import type { Socket } from "node:net";
import type { Log } from "@watchkeeper/process/log";
import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { AFTER_ACCEPTING, type Faults } from "./faults.ts";
import type { EmailContent } from "./message.ts";
import type { Store } from "./store.ts";

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_CLIENTS = 50;
const CLOSE_TIMEOUT_MS = 500;

/** A refusal with its SMTP reply code; 4xx asks the sender to try again. */
const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

const addressText = (address: AddressObject | AddressObject[] | undefined): string =>
  [address ?? []]
    .flat()
    .map((one) => one.text)
    .join(", ");

const SHOWN_HEADERS = ["x-priority", "importance", "auto-submitted", "list-id", "date", "to", "cc"];

function contentOf(mail: ParsedMail, envelopeFrom: string, envelopeTo: readonly string[]): EmailContent {
  const headerLines = mail.headerLines.filter(({ key }) => SHOWN_HEADERS.includes(key));
  return {
    messageId: mail.messageId ?? "",
    inReplyTo: mail.inReplyTo ?? "",
    references: [mail.references ?? []].flat(),
    from: addressText(mail.from) || envelopeFrom,
    to: envelopeTo,
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    headers: Object.fromEntries(headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()])),
    attachments: mail.attachments.map((part) => ({
      filename: part.filename ?? "attachment",
      bytes: part.size,
    })),
  };
}

export interface SmtpReceiver {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * An SMTP server that keeps every mail of at most 5 MB. Signing in is possible and never needed; any user and
 * password will do.
 */
export async function startSmtp(
  host: string,
  port: number,
  store: Store,
  faults: Faults,
  log: Log,
): Promise<SmtpReceiver> {
  const sockets = new Map<number, Socket>();

  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anybody" }),
    onMailFrom: (_address, _session, callback) =>
      faults.take("email", ["rate-limit"]) === "ok"
        ? callback()
        : callback(refusal(421, "4.7.0 Too many messages, try again later")),
    onData(stream, session, callback) {
      const receive = async (): Promise<void> => {
        const mail = await simpleParser(stream);
        if (stream.sizeExceeded) return callback(refusal(552, "5.3.4 Message too big"));
        const fault = faults.take("email", ["error", "hang"]);
        if (fault === "hang") return;
        if (fault === "error") return callback(refusal(451, "4.3.0 Temporary failure, try again later"));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : "";
        const content = contentOf(
          mail,
          from,
          rcptTo.map(({ address }) => address),
        );
        store.add("email", { summary: content.subject || "(no subject)", text: content.text, content });
        if (faults.take("email", AFTER_ACCEPTING) !== "ok") {
          sockets.get(session.remotePort)?.destroy();
          return;
        }
        callback(null, `2.0.0 Ok: ${content.messageId || "kept"}`);
      };
      receive().catch((error: unknown) => {
        log.warn({ err: error }, "a mail could not be read");
        callback(refusal(554, "5.6.0 The message cannot be read"));
      });
    },
  });
  server.server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.once("close", () => sockets.delete(remotePort));
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      server.on("error", (error: Error) => log.debug({ err: error }, "an SMTP connection broke"));
      resolve();
    });
  });
  const address = server.server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}
