import type { Clock } from "@watchkeeper/process/clock";
import { callBack } from "./callbacks.ts";
import type { Message, MessageOf } from "./message.ts";
import type { SlackInteractions } from "./slack/interaction.ts";
import type { Store } from "./store.ts";
import type { Phones } from "./twilio/phones.ts";

/** A reader does something with a message they received. */
export interface ReaderAnswer {
  /**
   * What they press, type or say: an `action_id` of Slack (`snooze=60` for a choice), the label of a push
   * notification's button, a reply to a text message, `answer`, `decline`, `hang up` or keys for a call.
   */
  readonly with: string;
  /** Who they are in Slack. */
  readonly as: string;
}

/** @returns what they see happen; empty when nothing is shown. undefined when such a message cannot be answered */
export type AnswerMessage = (message: Message, answer: ReaderAnswer) => Promise<string | undefined>;

/** ntfy's app waits this long for a button's request. */
const NTFY_PATIENCE_MS = 10_000;
const KEPT_PRESSES = 5;

async function pressNotification(
  store: Store,
  clock: Clock,
  message: MessageOf<"ntfy">,
  label: string,
): Promise<string> {
  const action = message.content.actions.find((one) => one.label === label);
  if (!action) return `the notification has no button called ${label}`;
  if (action.action === "view") return `opens ${action.url}`;
  const { url, method = "POST", headers = {}, body = "" } = action;
  const { status, text } = await callBack(url, { method, headers, body }, NTFY_PATIENCE_MS);
  const saw = status >= 200 && status < 300 ? "done" : `failed: ${status || text}`;
  const pressed = { at: new Date(clock.now()).toISOString(), what: label, saw };
  const current = store.list("ntfy").find(({ id }) => id === message.id) ?? message;
  const all = [...current.content.pressed, pressed].slice(-KEPT_PRESSES);
  store.amend(current, { ...current.content, pressed: all });
  return saw;
}

/** How the reader of each kind of message answers it. */
export const createAnswers =
  (store: Store, clock: Clock, slack: SlackInteractions, phones: Phones): AnswerMessage =>
  async (message, answer) => {
    switch (message.channel) {
      case "slack":
        return slack.press(message, answer.with, answer.as);
      case "ntfy":
        return pressNotification(store, clock, message, answer.with);
      case "sms":
        return phones.reply(message, answer.with);
      case "voice":
        return phones.act(message, answer.with);
      default:
        // A mail is answered by following its links; the rest is read by machines.
        return undefined;
    }
  };
