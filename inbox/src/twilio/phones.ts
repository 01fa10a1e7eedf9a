import { randomBytes } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import { type CallbackAnswer, callBack } from "../callbacks.ts";
import type { MessageOf, TwilioContent } from "../message.ts";
import type { Store } from "../store.ts";
import { signatureOf } from "./signature.ts";
import { parseTwiml, TwimlError } from "./twiml.ts";

/** Twilio waits this long for TwiML. */
const PATIENCE_MS = 15_000;
const MAX_LINES = 50;
/** How a call ends: told always. The other steps are told to those who asked for them. */
const ENDS: readonly string[] = ["completed", "no-answer", "busy", "failed", "canceled"];
const STEPS: Readonly<Record<string, string>> = {
  initiated: "initiated",
  ringing: "ringing",
  "in-progress": "answered",
};

/** Auth tokens of the newest messages and calls; older ones cannot be answered any more. */
const MAX_TOKENS = 2_000;

/** The phones of everybody: what arrives rings, and its owner answers. */
export interface Phones {
  textArrives(message: MessageOf<"sms">, authToken: string): void;
  callArrives(call: MessageOf<"voice">, authToken: string): void;
  /** @returns what the reader sees or hears, or why nothing came of it */
  reply(message: MessageOf<"sms">, text: string): Promise<string>;
  /** `answer`, `decline`, `hang up`, or keys. */
  act(call: MessageOf<"voice">, what: string): Promise<string>;
}

/**
 * @param smsUrl where Twilio is told to send replies to our number (a setting of the number, not of a message)
 */
export function createPhones(store: Store, clock: Clock, smsUrl: string | undefined): Phones {
  const tokens = new Map<string, string>();
  const remember = (sid: string, token: string): void => {
    if (tokens.size >= MAX_TOKENS) tokens.delete(tokens.keys().next().value ?? "");
    tokens.set(sid, token);
  };

  const current = <Name extends "sms" | "voice">(message: MessageOf<Name>): MessageOf<Name> =>
    (store.list(message.channel) as MessageOf<Name>[]).find(({ id }) => id === message.id) ?? message;

  /** Changes what is known of a message without counting it as a change that its sender made. */
  const change = <Name extends "sms" | "voice">(
    message: MessageOf<Name>,
    content: Partial<TwilioContent>,
  ): void => {
    const now = current(message);
    store.amend(now, { ...now.content, ...content });
  };
  const say = (message: MessageOf<"sms" | "voice">, who: "us" | "them", text: string): void => {
    const { conversation } = current(message).content;
    const line = { at: new Date(clock.now()).toISOString(), who, text };
    change(message, { conversation: [...conversation, line].slice(-MAX_LINES) });
  };

  /** A form, signed as Twilio signs it with the auth token of the account that sent the message. */
  const post = (
    { content }: MessageOf<"sms" | "voice">,
    url: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<CallbackAnswer> => {
    const form = new URLSearchParams({
      AccountSid: content.account_sid,
      ApiVersion: "2010-04-01",
      ...fields,
    });
    const token = tokens.get(content.sid) ?? "";
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signatureOf(token, url, form),
      "user-agent": "TwilioProxy/1.1",
    };
    return callBack(url, { method: "POST", headers, body: form.toString() }, PATIENCE_MS);
  };

  const callFields = ({ content }: MessageOf<"voice">, status: string): Record<string, string> => ({
    CallSid: content.sid,
    CallStatus: status,
    From: content.from,
    To: content.to,
    Direction: "outbound-api",
  });
  const endCall = async (call: MessageOf<"voice">, status: string): Promise<void> => {
    change(call, { status });
    await tell(call, status);
  };
  const tell = async (call: MessageOf<"voice">, status: string): Promise<void> => {
    const { status_callback: url, status_callback_event: events = [] } = call.content;
    const told = ENDS.includes(status) || events.includes(STEPS[status] ?? "");
    if (url && told) await post(call, url, callFields(call, status));
  };

  /** Asks for TwiML, and says what it says. */
  const listen = async (
    call: MessageOf<"voice">,
    url: string,
    fields: Record<string, string>,
  ): Promise<string> => {
    const answer = await post(call, url, { ...callFields(call, "in-progress"), ...fields });
    const spoken = ((): { text: string; hangsUp: boolean; gather?: NonNullable<TwilioContent["gather"]> } => {
      try {
        if (answer.status !== 200) throw new TwimlError(`11200: HTTP retrieval failure: ${answer.status}`);
        return parseTwiml(answer.text, url);
      } catch (error) {
        // What Twilio says aloud, whatever the mistake is.
        const reason = error instanceof TwimlError ? error.message : String(error);
        return { text: `An application error has occurred. Goodbye. (${reason})`, hangsUp: true };
      }
    })();
    say(call, "us", spoken.text);
    const { gather: _, ...content } = current(call).content;
    store.amend(current(call), { ...content, ...(spoken.gather && { gather: spoken.gather }) });
    if (spoken.hangsUp) await endCall(call, "completed");
    return spoken.text;
  };

  return {
    textArrives(message, authToken) {
      remember(message.content.sid, authToken);
      change(message, { status: "delivered" });
      const { status_callback: url, sid, from, to } = message.content;
      const fields = { MessageSid: sid, SmsSid: sid, MessageStatus: "delivered", From: from, To: to };
      if (url) void post(message, url, fields);
    },
    callArrives(call, authToken) {
      remember(call.content.sid, authToken);
      void tell(call, "initiated").then(() => tell(call, "ringing"));
    },
    async reply(message, text) {
      const { from, to } = message.content;
      say(message, "them", text);
      if (smsUrl === undefined) return "nobody reads replies to this number";
      const answer = await post(message, smsUrl, {
        MessageSid: `SM${randomBytes(16).toString("hex")}`,
        From: to,
        To: from,
        Body: text,
      });
      if (answer.status !== 200) return `nothing came back (${answer.status || answer.text})`;
      try {
        const { text: back } = parseTwiml(answer.text, smsUrl);
        if (back !== "") say(message, "us", back);
        return back;
      } catch (error) {
        return error instanceof TwimlError ? error.message : String(error);
      }
    },
    async act(call, what) {
      const { status, gather, url = "" } = current(call).content;
      if (what === "answer") {
        if (status !== "ringing") return `the call is ${status}`;
        change(call, { status: "in-progress" });
        await tell(call, "in-progress");
        return listen(call, url, {});
      }
      if (what === "decline" || what === "hang up") {
        if (status === "completed" || status === "no-answer") return `the call is ${status}`;
        await endCall(call, status === "ringing" ? "no-answer" : "completed");
        return "";
      }
      if (!/^[0-9*#]{1,20}$/.test(what)) return "a phone has the keys 0 to 9, * and #";
      if (status !== "in-progress" || !gather) return `nobody waits for keys: the call is ${status}`;
      say(call, "them", `pressed ${what}`);
      return listen(call, gather.action, { Digits: what.slice(0, gather.digits), FinishedOnKey: "" });
    },
  };
}
