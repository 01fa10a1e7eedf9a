import { type Html, html, link, safeHref, time } from "@watchkeeper/web/html";
import type { Json, MessageOf, SlackContent } from "../message.ts";
import { renderMrkdwn, withEmoji } from "./mrkdwn.ts";

type Fields = { readonly [key: string]: Json };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = (value: Json | undefined): Fields => (isFields(value) ? value : {});
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const stringOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** A text object: mrkdwn, or plain text with emoji names. */
function renderText(value: Json | undefined): Html {
  const { type, text } = fieldsOf(value);
  return type === "mrkdwn" ? renderMrkdwn(stringOf(text)) : html`${withEmoji(stringOf(text))}`;
}

/** Nothing is loaded from outside: an image is its description and a link. */
const renderImage = (image: Fields): Html =>
  html`<span class="image">${link(stringOf(image.image_url), `Image: ${stringOf(image.alt_text)}`)}</span>`;

/** A select whose choice is sent as soon as it is made. */
const renderSelect = (element: Fields, id: number): Html => html`
  <select data-message="${id}" data-choose="${stringOf(element.action_id)}" aria-label="${stringOf(fieldsOf(element.placeholder).text)}">
    <option value="">${renderText(element.placeholder)}</option>
    ${listOf(element.options)
      .map(fieldsOf)
      .map((option) => html`<option value="${stringOf(option.value)}">${renderText(option.text)}</option>`)}
  </select>`;

function renderElement(value: Json, id: number): Html {
  const element = fieldsOf(value);
  if (element.type === "image") return renderImage(element);
  if (element.type === "static_select") return renderSelect(element, id);
  if (element.type !== "button")
    return html`<span class="button">${stringOf(element.type).replaceAll("_", " ")}</span>`;
  const style = ["primary", "danger"].includes(stringOf(element.style)) ? ` ${stringOf(element.style)}` : "";
  const url = stringOf(element.url);
  return safeHref(url)
    ? link(url, renderText(element.text), `button${style}`)
    : html`<button type="button" class="button${style}" data-message="${id}" data-answer="${stringOf(element.action_id)}">${renderText(element.text)}</button>`;
}

/** Rich text and anything newer: what it says, without its layout. */
function textsOf(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(textsOf).join("");
  const fields = fieldsOf(value);
  return (
    stringOf(fields.text) +
    Object.values(fields)
      .filter((item) => typeof item === "object")
      .map(textsOf)
      .join("")
  );
}

/** How each type of block looks. */
const renderers: Readonly<Record<string, (block: Fields, id: number) => Html>> = {
  header: (block) => html`<h4>${renderText(block.text)}</h4>`,
  divider: () => html`<hr>`,
  image: renderImage,
  context: (block) =>
    html`<p class="context">${listOf(block.elements).map((element) => {
      const fields = fieldsOf(element);
      return html`<span>${fields.type === "image" ? renderImage(fields) : renderText(fields)}</span> `;
    })}</p>`,
  actions: (block, id) =>
    html`<p class="actions">${listOf(block.elements).map((element) => renderElement(element, id))}</p>`,
  markdown: (block) => html`<p class="preformatted">${stringOf(block.text)}</p>`,
  section: (block, id) => html`<div class="section">
    <div>${isFields(block.text) && html`<p>${renderText(block.text)}</p>`}
    ${
      listOf(block.fields).length > 0 &&
      html`<div class="fields">${listOf(block.fields).map((field) => html`<p>${renderText(field)}</p>`)}</div>`
    }</div>
    ${isFields(block.accessory) && renderElement(block.accessory, id)}
  </div>`,
};

function renderBlock(value: Json, id: number): Html {
  const block = fieldsOf(value);
  const render = renderers[stringOf(block.type)];
  return render ? render(block, id) : html`<p class="preformatted">${textsOf(value)}</p>`;
}

function renderAttachment(value: Json, id: number): Html {
  const attachment = fieldsOf(value);
  const title = stringOf(attachment.title);
  const colour = stringOf(attachment.color);
  return html`<div class="attachment" data-colour="${colour}">
    ${title && html`<p><strong>${link(stringOf(attachment.title_link), title)}</strong></p>`}
    ${stringOf(attachment.text) && html`<p>${renderMrkdwn(stringOf(attachment.text))}</p>`}
    ${
      listOf(attachment.fields).length > 0 &&
      html`<div class="fields">${listOf(attachment.fields).map((item) => {
        const field = fieldsOf(item);
        return html`<p><strong>${stringOf(field.title)}</strong><br>${renderMrkdwn(stringOf(field.value))}</p>`;
      })}</div>`
    }
    ${listOf(attachment.blocks).map((block) => renderBlock(block, id))}
    ${stringOf(attachment.footer) && html`<p class="context">${stringOf(attachment.footer)}</p>`}
  </div>`;
}

function renderBody({ blocks, text, attachments }: SlackContent, id: number): Html {
  return html`<div class="slack-body">
    ${blocks?.length ? blocks.map((block) => renderBlock(block, id)) : text && html`<p>${renderMrkdwn(text)}</p>`}
    ${attachments?.map((one) => renderAttachment(one, id))}
  </div>`;
}

const renderHistory = ({ previous, revisions }: MessageOf<"slack">): Html | false =>
  revisions > 0 &&
  html`<details><summary>Changed ${revisions === 1 ? "once" : `${revisions} times`}</summary>
    <ol class="history">${[...previous].reverse().map(({ at, text }) => html`<li>${time(at)}<p class="preformatted">${text}</p></li>`)}</ol>
  </details>`;

const renderPost = (message: MessageOf<"slack">): Html => html`
  <div class="post">
    <span class="avatar" aria-hidden="true">${(message.content.username ?? "W").slice(0, 1)}</span>
    <div class="post-text">
      <p class="byline"><strong>${message.content.username ?? "Watchkeeper"}</strong> <span class="tag">app</span> ${time(message.receivedAt)}
        ${message.revisions > 0 && html`<span class="quiet">(edited ${time(message.updatedAt)})</span>`}</p>
      ${renderBody(message.content, message.id)}
      ${message.content.ephemeral?.map(
        ({ at, user, text }) =>
          html`<p class="only-you">${time(at)} only visible to ${user}: ${renderMrkdwn(text)}</p>`,
      )}
      ${renderHistory(message)}
    </div>
  </div>`;

/** A message with the replies of its thread below it, oldest reply first. */
export const renderThread = (
  message: MessageOf<"slack">,
  replies: readonly MessageOf<"slack">[],
): Html => html`
  <article class="card" data-key="slack-${message.id}" aria-label="Slack message: ${message.summary}">
    <p class="place">#${message.content.channel_name}</p>
    ${renderPost(message)}
    ${
      replies.length > 0 &&
      html`<div class="thread"><p class="quiet">${replies.length} ${replies.length === 1 ? "reply" : "replies"}</p>
      ${replies.map(renderPost)}</div>`
    }
  </article>`;
