import { escapeHtml } from "../channels/html.ts";
import { clip } from "../channels/words.ts";

/** Longer than this nobody listens at night; Twilio's own limit is 4,096. */
const MAX_SPOKEN = 600;

/** XML knows no control characters, however they are written. */
const speakable = (text: string): string =>
  escapeHtml(clip(text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, " "), MAX_SPOKEN));

const document = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${inside}</Response>`;
const say = (text: string): string => `<Say language="en-US">${speakable(text)}</Say>`;

/** Says something and ends the call. */
export const renderGoodbye = (text: string): string => document(`${say(text)}<Hangup/>`);

/** Says something, waits for one key, and says it a second time: the first words of a call wake. */
export function renderQuestion(text: string, action: string): string {
  const gather = `<Gather action="${escapeHtml(action)}" method="POST" numDigits="1" timeout="8">${say(text)}</Gather>`;
  return document(`${gather}${gather}${say("Nothing was pressed. Goodbye.")}`);
}

/** Answers a text message. */
export const renderReply = (text: string): string =>
  document(text === "" ? "" : `<Message>${speakable(text)}</Message>`);

/** `ServiceDown` is heard as "Service Down", and an address not at all. */
export const spoken = (text: string): string =>
  text
    .replaceAll(/https?:\/\/\S+/g, " ")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_`*<>|{}[\]]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
