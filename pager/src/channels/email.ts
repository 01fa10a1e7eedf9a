import { PassThrough } from "node:stream";
import { reasonOf } from "@watchkeeper/process/main";
import { mailDomainOf, parseSmtpUrl } from "@watchkeeper/process/smtp";
import { createTransport } from "nodemailer";
import type { ActionAddresses } from "../actions/addresses.ts";
import type { Channel, Message, Outcome } from "./channel.ts";
import { type MailAction, renderHtml, renderPlain, renderSubject } from "./email-text.ts";
import { clip } from "./words.ts";

export interface EmailSettings {
  /** `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start). */
  readonly url: string;
  readonly from: string;
  /** One or more addresses, separated by commas. */
  readonly to: string;
}

const BUDGET_MS = 20_000;
const STEP_TIMEOUT_MS = 10_000;

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * What a failed attempt means. The last byte of the text has left us or it has not: before, nobody can have the
 * mail; after, a server that does not answer may have it.
 */
function outcomeOf(error: SmtpError, textLeft: boolean): Outcome {
  const reason = clip(`SMTP: ${reasonOf(error)}`, 300);
  const { responseCode } = error;
  if (responseCode !== undefined && responseCode >= 500) return { result: "dead", reason };
  if (responseCode !== undefined && responseCode >= 400)
    return { result: "retry", reason, ladder: "mail-deferred" };
  if (error.code === "EAUTH" || error.code === "ENOAUTH") return { result: "dead", reason };
  return { result: textLeft ? "ambiguous" : "retry", reason };
}

/** What a mail offers, by links that only open a page: scanners follow every link. */
function actionsOf(message: Message, addresses: ActionAddresses | undefined): readonly MailAction[] {
  if (!addresses || message.incident.state === "resolved") return [];
  return [
    ...(message.incident.state === "triggered"
      ? [{ text: "Acknowledge", url: addresses.link(message, "acknowledge") }]
      : []),
    { text: "Resolve", url: addresses.link(message, "resolve") },
    { text: "Snooze for an hour", url: addresses.link(message, "snooze") },
  ];
}

/** Mail by SMTP: one at the start and one at the end of an incident, in one thread. */
export function createEmailChannel({ url, from, to }: EmailSettings, addresses?: ActionAddresses): Channel {
  const server = parseSmtpUrl(url);
  const domain = mailDomainOf(from);
  const messageIdOf = (deliveryId: string): string => `<${deliveryId}@${domain}>`;

  function render(message: Message) {
    const { deliveryId, kind, to: recipient, incident, announcement } = message;
    const root = messageIdOf(announcement.deliveryId);
    const actions = actionsOf(message, addresses);
    return {
      from,
      to: recipient.address ?? to,
      subject: renderSubject(incident),
      text: renderPlain(incident, actions),
      html: renderHtml(incident, actions),
      // The same for every attempt: many servers and readers drop the second one.
      messageId: messageIdOf(deliveryId),
      ...(kind !== "announce" && { inReplyTo: root, references: root }),
      // Out-of-office answers to a machine help nobody.
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      ...(incident.severity === "page" &&
        (kind === "announce" || kind === "again") && { priority: "high" as const }),
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }

  return {
    name: "email",
    reaches: ["team", "people"],
    showsUpdates: false,
    minIntervalMs: 200,
    budgetMs: () => BUDGET_MS,
    async send(message, signal) {
      let textLeft = false;
      const transport = createTransport({
        ...server,
        connectionTimeout: STEP_TIMEOUT_MS,
        greetingTimeout: STEP_TIMEOUT_MS,
        socketTimeout: STEP_TIMEOUT_MS,
        dnsTimeout: STEP_TIMEOUT_MS,
        logger: false,
      });
      transport.use("stream", (mail, done) => {
        const watch = (): PassThrough =>
          new PassThrough({
            flush(end) {
              textLeft = true;
              end();
            },
          });
        mail.message?.transform(watch);
        done();
      });
      try {
        const info = await transport.sendMail({ ...render(message), signal });
        const refused = info.rejected.map(String);
        return {
          result: "sent",
          reference: null,
          ...(refused.length > 0 && { note: `refused for ${refused.join(", ")}` }),
        };
      } catch (error) {
        return outcomeOf(error as SmtpError, textLeft);
      } finally {
        transport.close();
      }
    },
  };
}
