import { z } from "zod";
import type { Outcome } from "./channel.ts";
import { ask, type ProviderAnswer, type Reading, readAnswer, retryAfterMs } from "./http.ts";

export interface TwilioSettings {
  /** `AC` and 32 hexadecimal digits. */
  readonly accountSid: string;
  readonly authToken: string;
  /** Our number, in international form. */
  readonly from: string;
  /** Twilio's API or a stand-in's, without a slash at its end. */
  readonly url: string;
}

/** A refused request was not processed. Twilio says no time to wait; the limit is one of requests at once. */
const PAUSE_MS = 2_000;

/** Creating is not idempotent: whatever broke may have been created. */
const READING: Reading = {
  whenBroken: "ambiguous",
  pauseMs: ({ retryAfter }: ProviderAnswer) => (retryAfter === null ? PAUSE_MS : retryAfterMs(retryAfter)),
};

const createdSchema = z.looseObject({ sid: z.string() });

/** A name may come several times. */
export type FormField = [name: string, value: string];

export interface TwilioClient {
  /** Creates a message or a call. The reference of what was sent is its sid. */
  create(what: "Messages" | "Calls", form: readonly FormField[], signal: AbortSignal): Promise<Outcome>;
  /** The sid of the newest message to a number whose body holds a text; null when there is none. */
  findMessage(to: string, text: string, signal: AbortSignal): Promise<string | null | Outcome>;
}

const listSchema = z.looseObject({
  messages: z.array(z.looseObject({ sid: z.string(), body: z.string().nullable() })),
});
const LISTED = 100;

/** The two things that we ask of Twilio's REST API. */
export function createTwilioClient({ accountSid, authToken, from, url }: TwilioSettings): TwilioClient {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const address = (what: string): string => `${url}/2010-04-01/Accounts/${accountSid}/${what}.json`;
  return {
    async create(what, form, signal) {
      const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
      const body = new URLSearchParams([["From", from], ...form]).toString();
      const answer = await ask(address(what), { method: "POST", headers, body }, signal);
      if ("result" in answer) return answer;
      const refused = readAnswer(answer, READING);
      if (refused) return refused;
      const created = createdSchema.safeParse(parseJson(answer.text));
      return { result: "sent", reference: created.success ? created.data.sid : null };
    },
    async findMessage(to, text, signal) {
      // Not by date: a message that still waits in Twilio's queue has none.
      const query = new URLSearchParams({ To: to, From: from, PageSize: String(LISTED) });
      const answer = await ask(
        `${address("Messages")}?${query}`,
        { method: "GET", headers: { authorization } },
        signal,
      );
      if ("result" in answer) return answer;
      const refused = readAnswer(answer, READING);
      if (refused) return refused;
      const list = listSchema.safeParse(parseJson(answer.text));
      if (!list.success)
        return { result: "ambiguous", reason: "Twilio: the list of messages cannot be read" };
      return list.data.messages.find(({ body }) => body?.includes(text))?.sid ?? null;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
