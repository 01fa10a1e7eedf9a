import { createHmac } from "node:crypto";
import { type Clock, systemClock } from "@watchkeeper/process/clock";
import { type Channel, httpTimeoutMs, type Message } from "./channel.ts";
import { postJson } from "./http.ts";
import { clip, headlineOf } from "./words.ts";

export interface WebhookSettings {
  readonly url: string;
  /** Signs every body, so that the receiver knows that it is from us and not an old one played again. */
  readonly secret: string;
}

const EVENT = {
  announce: "incident.opened",
  again: "incident.changed",
  update: "incident.changed",
  resolve: "incident.resolved",
} as const;

/** Receivers often stop at 1 MiB. */
const MAX_TEXT = 100_000;

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
export function signatureOf(secret: string, unixSeconds: number, body: string): string {
  const mac = createHmac("sha256", secret).update(`${unixSeconds}.${body}`).digest("hex");
  return `t=${unixSeconds},v1=${mac}`;
}

function renderBody({ deliveryId, kind, incident }: Message): string {
  return JSON.stringify({
    event: EVENT[kind],
    deliveryId,
    summary: clip(headlineOf(incident), 1_000),
    incident: {
      ...incident,
      summary: clip(incident.summary, MAX_TEXT),
      description: clip(incident.description, MAX_TEXT),
    },
  });
}

/** Any receiver of JSON: told of the start, every change and the end, with one `Idempotency-Key` for all attempts. */
export function createWebhookChannel({ url, secret }: WebhookSettings, clock: Clock = systemClock): Channel {
  return {
    name: "webhook",
    reaches: ["team"],
    showsUpdates: true,
    minIntervalMs: 100,
    budgetMs: httpTimeoutMs,
    send(message, signal) {
      const body = renderBody(message);
      const headers = {
        "idempotency-key": message.deliveryId,
        "x-watchkeeper-signature": signatureOf(secret, Math.floor(clock.now() / 1_000), body),
      };
      return postJson(url, body, headers, signal);
    },
  };
}
