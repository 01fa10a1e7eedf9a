import { type Html, html, time } from "@watchkeeper/web/html";
import type { MessageOf } from "../message.ts";

const kilobytes = (bytes: number): string =>
  bytes < 1_024 ? `${bytes} B` : `${Math.round(bytes / 1_024)} KB`;

/** A mail: its heading, its HTML in a frame that may do nothing, and its text alternative. */
export const renderEmail = ({ id, receivedAt, content }: MessageOf<"email">): Html => html`
  <article class="card" data-key="email-${id}" aria-label="E-mail: ${content.subject}">
    <header class="mail-head">
      <h3>${content.subject || "(no subject)"}</h3>
      <p class="byline"><span>${content.from.replace(/^"([^"]*)" </, "$1 <")}</span> ${time(receivedAt)}</p>
      <p class="quiet">to ${content.to.join(", ")}${content.references.length > 0 && " · reply in a thread"}</p>
    </header>
    ${
      content.html
        ? html`<iframe class="mail" title="HTML of the mail “${content.subject}”" loading="lazy"
      sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${id}/html"></iframe>
    <details><summary>Text alternative</summary><pre class="preformatted">${content.text}</pre></details>`
        : html`<pre class="preformatted mail-text">${content.text}</pre>`
    }
    ${
      content.attachments.length > 0 &&
      html`<p class="quiet">Attached: ${content.attachments.map((file) => `${file.filename} (${kilobytes(file.bytes)})`).join(", ")}</p>`
    }
    <details><summary>Headers</summary>
      <dl>${Object.entries({
        "message-id": content.messageId,
        "in-reply-to": content.inReplyTo,
        ...content.headers,
      })
        .filter(([, value]) => value !== "")
        .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    </details>
  </article>`;
