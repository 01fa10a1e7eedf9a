import { until } from "@watchkeeper/testing/poll";
import { fetchJson, readSecret, type Stack, urlOf } from "./stack.ts";

/** A message as the stand-in inbox shows it. */
export interface Message {
  readonly id: number;
  readonly channel: "slack" | "email" | "pagerduty" | "webhook";
  readonly revisions: number;
  readonly summary: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the provider's own protocol carries
  readonly content: any;
}

/** An incident as the pager's API shows it. */
export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly deliveries?: readonly { channel: string; state: string; attempts: number }[];
}

/** Messages of a channel that speak of something, oldest first. */
export async function messagesAbout(
  stack: Stack,
  channel: Message["channel"],
  about: string,
): Promise<Message[]> {
  const { messages } = await fetchJson<{ messages: Message[] }>(
    `${urlOf(stack, "inbox", "http")}/api/messages?channel=${channel}`,
  );
  return messages.filter((message) => JSON.stringify(message).includes(about)).reverse();
}

/** Waits for messages that speak of something. */
export const awaitMessages = (
  stack: Stack,
  channel: Message["channel"],
  about: string,
  areThere: (messages: Message[]) => boolean,
  timeoutMs: number,
): Promise<Message[]> =>
  until(
    `${channel} messages about ${about}`,
    async () => {
      const messages = await messagesAbout(stack, channel, about);
      return areThere(messages) ? messages : undefined;
    },
    timeoutMs,
  );

/** Makes a provider misbehave, or work again with `ok`. */
export async function setFault(stack: Stack, channel: Message["channel"], mode: string): Promise<void> {
  await fetchJson(`${urlOf(stack, "inbox", "http")}/api/faults/${channel}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode, count: null }),
  });
}

const asConsole = (stack: Stack): RequestInit => ({
  headers: { authorization: `Bearer ${readSecret(stack, "pager-api-token")}` },
});

/** The pager's incidents whose title names something. */
export async function incidentsAbout(stack: Stack, about: string): Promise<Incident[]> {
  const { incidents } = await fetchJson<{ incidents: Incident[] }>(
    `${urlOf(stack, "pager", "http")}/api/incidents?state=all`,
    asConsole(stack),
  );
  return incidents.filter(({ title }) => title.includes(about));
}

/** One incident with its deliveries. */
export const incidentDetails = (stack: Stack, id: string): Promise<Incident> =>
  fetchJson(`${urlOf(stack, "pager", "http")}/api/incidents/${id}`, asConsole(stack));

/** Tells Alertmanager of an alert, as Prometheus would. */
export async function postAlert(
  stack: Stack,
  name: string,
  times: { readonly startsAt: Date; readonly endsAt?: Date },
): Promise<void> {
  const links = urlOf(stack, "console", "http");
  await fetchJson(`${urlOf(stack, "alertmanager", "http")}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([
      {
        labels: { alertname: name, severity: "page", service: "app", owner: "directory" },
        annotations: {
          summary: "An alert that a test made.",
          description: "It ends by itself.",
          runbook_url: `${links}/runbooks/Watchdog`,
          dashboard_url: `${links}/boards/overview`,
        },
        ...times,
      },
    ]),
  });
}
