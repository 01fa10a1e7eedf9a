import type { ActionAddresses } from "../actions/addresses.ts";
import { type Channel, httpTimeoutMs, type Message } from "./channel.ts";
import { createTwilioClient, type FormField, type TwilioSettings } from "./twilio.ts";
import { clip, stateWord, subjectOf } from "./words.ts";

/** Three parts: more is paid for and not read. Twilio's own limit is 1,600 characters. */
const MAX_BODY = 450;

/** Finds the message again when its creation was not answered. */
const codeOf = (deliveryId: string): string => `(${deliveryId.slice(0, 8)})`;

/** One character outside GSM-7 would halve what fits into a part. */
const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll("…", "...")
    .replaceAll(/[‘’‚`´]/g, "'")
    .replaceAll(/[“”„]/g, '"')
    .replaceAll(/[–—]/g, "-")
    .replaceAll(/[^\x20-\x7e\n]/g, "")
    .replaceAll(/[^\S\n]+/g, " ");

/** What, where, how to answer, and where to read on. @param canReply whether a reply would reach us */
export function renderSms({ incident, deliveryId, page }: Message, canReply: boolean): string {
  const { number, priority, service, url, state } = incident;
  const again = page && page.round > 1 ? ` (round ${page.round})` : "";
  const how = state !== "resolved" && canReply ? `\nReply ACK ${number} or RES ${number}` : "";
  const tail = plain(`${how}\n${url} ${codeOf(deliveryId)}`);
  const where = service ? ` (${service})` : "";
  const word = state === "triggered" ? priority : stateWord(incident);
  const head = plain(`[${word}] #${number} ${subjectOf(incident)}${where}${again}`).replaceAll("\n", " ");
  return `${plain(clip(head, MAX_BODY - tail.length - 3))}${tail}`;
}

/** Text messages through Twilio: one when a person is paged, one when it is over. */
export function createSmsChannel(settings: TwilioSettings, addresses?: ActionAddresses): Channel {
  const twilio = createTwilioClient(settings);
  return {
    name: "sms",
    reaches: ["people"],
    // Every change would ring.
    showsUpdates: false,
    // One number sends one message a second.
    minIntervalMs: 1_000,
    // A look for the message, and the message.
    budgetMs: (severity) => httpTimeoutMs(severity) + 1_000,
    async send(message, signal) {
      const to = message.to.address ?? "";
      if (message.mayHaveArrived) {
        const found = await twilio.findMessage(to, codeOf(message.deliveryId), signal);
        if (typeof found === "string") return { result: "sent", reference: found };
        if (found !== null) return found;
      }
      const body = renderSms(message, addresses !== undefined);
      const form: FormField[] = [
        ["To", to],
        ["Body", body],
      ];
      if (addresses) form.push(["StatusCallback", addresses.textStatus(message)]);
      return twilio.create("Messages", form, signal);
    },
  };
}
