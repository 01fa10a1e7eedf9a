import { type Html, html, link, time } from "@watchkeeper/web/html";
import type { MessageOf, NtfyContent, TwilioContent } from "../message.ts";
import { withEmoji } from "./mrkdwn.ts";

const PRIORITY = ["", "min", "low", "", "high", "rings in silent mode"];

/** ntfy shows tags that are names of emoji before the title. */
const emojiOf = (tags: readonly string[]): string =>
  tags
    .map((tag) => [`:${tag}:`, withEmoji(`:${tag}:`)])
    .filter(([name, shown]) => name !== shown)
    .map(([, shown]) => shown)
    .join(" ");

const answerButton = (id: number, answer: string, label: string, style = ""): Html =>
  html`<button type="button" class="button ${style}" data-message="${id}" data-answer="${answer}">${label}</button>`;

const renderAction = (id: number, action: NtfyContent["actions"][number]): Html =>
  action.action === "view"
    ? link(action.url, action.label, "button")
    : answerButton(id, action.label, action.label);

/** A push notification as a phone shows it, with its buttons. */
export const renderNotification = ({
  id,
  summary,
  receivedAt,
  updatedAt,
  revisions,
  content,
}: MessageOf<"ntfy">): Html =>
  html`<article class="card" data-key="ntfy-${id}" aria-label="Push: ${summary}">
    <p class="place">${content.topic}</p>
    <p class="byline"><strong>${emojiOf(content.tags)} ${content.title ?? "ntfy"}</strong> ${time(receivedAt)}
      ${revisions > 0 && html`<span class="quiet">(replaced ${time(updatedAt)})</span>`}
      ${PRIORITY[content.priority] && html`<span class="tag warn">${PRIORITY[content.priority]}</span>`}</p>
    <p class="preformatted">${content.message}</p>
    ${content.actions.length > 0 && html`<p class="actions">${content.actions.map((one) => renderAction(id, one))}</p>`}
    ${content.pressed.map(({ at, what, saw }) => html`<p class="only-you">${time(at)} ${what}: ${saw}</p>`)}
  </article>`;

const renderConversation = ({ conversation }: TwilioContent): Html | false =>
  conversation.length > 0 &&
  html`<ol class="conversation">${conversation.map(
    ({ at, who, text }) => html`<li class="${who}"><p class="preformatted">${text}</p>${time(at)}</li>`,
  )}</ol>`;

/** A text message, with a field to reply. */
export const renderText = ({ id, summary, receivedAt, content }: MessageOf<"sms">): Html =>
  html`<article class="card" data-key="sms-${id}" aria-label="Text message: ${summary}">
    <p class="place">to ${content.to}</p>
    <p class="byline">${time(receivedAt)} <span class="quiet">${content.num_segments} ${content.num_segments === 1 ? "part" : "parts"} · ${content.status}</span></p>
    <p class="preformatted">${content.body}</p>
    ${renderConversation(content)}
    <form class="reply" data-reply="${id}"><label>Reply <input name="text" maxlength="160" autocomplete="off" required></label>
      <button type="submit">Send</button></form>
  </article>`;

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** A call: ringing, or what was said and which keys are waited for. */
export const renderCall = ({ id, receivedAt, content }: MessageOf<"voice">): Html => html`
  <article class="card" data-key="voice-${id}" aria-label="Call to ${content.to}, ${content.status}">
    <p class="place">to ${content.to}</p>
    <p class="byline"><strong>${content.status === "ringing" ? "📞 Ringing" : "Call"}</strong> ${time(receivedAt)}
      <span class="tag">${content.status}</span></p>
    ${renderConversation(content)}
    <p class="actions">
      ${content.status === "ringing" && [answerButton(id, "answer", "Answer", "primary"), answerButton(id, "decline", "Decline", "danger")]}
      ${content.status === "in-progress" && answerButton(id, "hang up", "Hang up", "danger")}
    </p>
    ${content.status === "in-progress" && content.gather && html`<p class="keypad" aria-label="Keypad">${KEYS.map((key) => answerButton(id, key, key))}</p>`}
  </article>`;
