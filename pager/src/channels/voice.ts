import type { ActionAddresses } from "../actions/addresses.ts";
import { type Channel, httpTimeoutMs } from "./channel.ts";
import { createTwilioClient, type TwilioSettings } from "./twilio.ts";

/** Before a mailbox answers in place of a person. */
const RING_SECONDS = "25";

/**
 * Phone calls through Twilio, which asks the pager what to say and which key was pressed.
 *
 * @param findCall the sid of the call that a delivery led to, if Twilio has told us of one
 */
export function createVoiceChannel(
  settings: TwilioSettings,
  addresses: ActionAddresses,
  findCall: (deliveryId: string) => Promise<string | undefined>,
): Channel {
  const twilio = createTwilioClient(settings);
  return {
    name: "voice",
    reaches: ["people"],
    showsUpdates: false,
    // One call a second for an account.
    minIntervalMs: 1_000,
    budgetMs: (severity) => httpTimeoutMs(severity) + 1_000,
    async send(message, signal) {
      if (message.kind === "resolve" || message.kind === "update") {
        return { result: "sent", reference: null, note: "nobody is called for that" };
      }
      if (message.mayHaveArrived) {
        const sid = await findCall(message.deliveryId);
        if (sid !== undefined) return { result: "sent", reference: sid };
      }
      const { speech, status } = addresses.call(message);
      return twilio.create(
        "Calls",
        [
          ["To", message.to.address ?? ""],
          ["Url", speech],
          ["Timeout", RING_SECONDS],
          ["StatusCallback", status],
          // The first proves that the call exists, the last says how it ended.
          ["StatusCallbackEvent", "initiated"],
          ["StatusCallbackEvent", "completed"],
        ],
        signal,
      );
    },
  };
}
