import { type Html, html } from "@watchkeeper/web/html";
import type { Faults, faultModes } from "../faults.ts";
import type { Channel, MessageOf } from "../message.ts";
import type { Store } from "../store.ts";
import { renderEmail } from "./email.ts";
import { type IncidentEvents, renderIncident } from "./incident.ts";
import { renderCall, renderNotification, renderText } from "./phone.ts";
import { renderThread } from "./slack.ts";
import { renderWebhook } from "./webhook.ts";

const SHOWN = 50;

export const titles: Readonly<Record<Channel, string>> = {
  slack: "Slack",
  email: "E-mail",
  ntfy: "Push",
  sms: "Texts",
  voice: "Calls",
  pagerduty: "Pages",
  webhook: "Webhooks",
};

/** What stands above what on a wide screen: people at a desk, their mail, their phone, and machines. */
const groups: readonly (readonly Channel[])[] = [
  ["slack"],
  ["email"],
  ["ntfy", "sms", "voice"],
  ["pagerduty", "webhook"],
];

const waiting: Readonly<Record<Channel, string>> = {
  slack: "No message in any channel",
  email: "The mailbox is empty",
  ntfy: "No notification on any phone",
  sms: "No text message on any phone",
  voice: "No phone has rung",
  pagerduty: "Nobody has been paged",
  webhook: "No webhook was called",
};

/** Threads, the one that was touched last first. A reply whose parent is forgotten stands alone. */
function slackCards(messages: readonly MessageOf<"slack">[]): Html[] {
  const parents = messages.filter(
    ({ content }) =>
      !content.thread_ts ||
      !messages.some(
        (other) => other.content.ts === content.thread_ts && other.content.channel === content.channel,
      ),
  );
  return parents.slice(0, SHOWN).map((parent) => {
    const replies = messages.filter(
      ({ content }) => content.thread_ts === parent.content.ts && content.channel === parent.content.channel,
    );
    return renderThread(parent, [...replies].reverse());
  });
}

function incidentCards(messages: readonly MessageOf<"pagerduty">[]): Html[] {
  const incidents = new Map<string, MessageOf<"pagerduty">[]>();
  for (const message of [...messages].reverse()) {
    const key = message.content.incident > 0 ? String(message.content.incident) : `dropped ${message.id}`;
    incidents.set(key, [...(incidents.get(key) ?? []), message]);
  }
  const lists: IncidentEvents[] = [...incidents.values()];
  return lists.reverse().slice(0, SHOWN).map(renderIncident);
}

const cards: Readonly<Record<Channel, (store: Store) => Html[]>> = {
  slack: (store) => slackCards(store.list("slack")),
  email: (store) => store.list("email").slice(0, SHOWN).map(renderEmail),
  ntfy: (store) => store.list("ntfy").slice(0, SHOWN).map(renderNotification),
  sms: (store) => store.list("sms").slice(0, SHOWN).map(renderText),
  voice: (store) => store.list("voice").slice(0, SHOWN).map(renderCall),
  pagerduty: (store) => incidentCards(store.list("pagerduty")),
  webhook: (store) => store.list("webhook").slice(0, SHOWN).map(renderWebhook),
};

const FAULT_TEXT: Readonly<Record<(typeof faultModes)[number], string>> = {
  ok: "",
  error: "answers with an error",
  "rate-limit": "refuses because of its rate limit",
  hang: "never answers",
  "drop-after-accept": "cuts the connection after accepting",
};

function renderFault(faults: Faults, channel: Channel): Html | false {
  const { mode, count } = faults.get(channel);
  if (mode === "ok") return false;
  const times = count === null ? "" : count === 1 ? ", once more" : `, ${count} more times`;
  return html`<p class="fault" role="status">On purpose, ${titles[channel]} ${FAULT_TEXT[mode]}${times}.</p>`;
}

function renderColumn(store: Store, faults: Faults, channel: Channel): Html {
  const list = cards[channel](store);
  return html`<section class="column" id="${channel}" data-column="${channel}" aria-labelledby="title-${channel}">
    <h2 id="title-${channel}">${titles[channel]} <span class="count" data-count>${list.length}</span></h2>
    <div data-notice>${renderFault(faults, channel)}${list.length === 0 && html`<p class="waiting">${waiting[channel]}</p>`}</div>
    <div class="cards" data-cards>${list}</div>
  </section>`;
}

/** All that changes on the page. */
export const renderColumns = (store: Store, faults: Faults): Html => html`
  <div class="empty" data-empty ${store.list().length > 0 && "hidden"}>
    <h2>Nothing has been sent yet</h2>
    <p>Cause something: <code>npm run stop -- app</code> stops the Company Directory. Within about two minutes its
      alert arrives here the way a person would receive it. <code>npm start</code> brings it back and resolves it.</p>
  </div>
  <div class="columns" data-columns>${groups.map(
    (group) => html`<div class="group">${group.map((channel) => renderColumn(store, faults, channel))}</div>`,
  )}</div>`;
