import { type Html, html, time } from "@watchkeeper/web/html";
import type { MessageOf } from "../message.ts";

const SHOWN_CHARACTERS = 4_000;

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** A request with what its receiver would check: signature and Idempotency-Key. */
export function renderWebhook({ id, summary, receivedAt, content }: MessageOf<"webhook">): Html {
  const body = pretty(content.body);
  return html`
  <article class="card" data-key="webhook-${id}" aria-label="Webhook: ${summary}">
    <p class="place">POST /webhook/${content.name}</p>
    <p class="byline"><strong>${summary}</strong> ${time(receivedAt)}</p>
    <p class="actions">
      ${content.signature ? html`<span class="tag">signed</span>` : html`<span class="tag">not signed</span>`}
      ${content.duplicateOf !== undefined && html`<span class="tag warn">duplicate</span>`}
    </p>
    <details><summary>Body</summary><pre>${body.slice(0, SHOWN_CHARACTERS)}${body.length > SHOWN_CHARACTERS && "\n…"}</pre></details>
    <details><summary>Headers</summary>
      <dl>${Object.entries(content.headers).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>
  </article>`;
}
