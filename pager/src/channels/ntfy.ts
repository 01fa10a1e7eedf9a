import { z } from "zod";
import type { ActionAddresses } from "../actions/addresses.ts";
import type { Priority } from "../incidents/priority.ts";
import { type Channel, httpTimeoutMs, type Message } from "./channel.ts";
import { type ProviderAnswer, postJson, retryAfterMs } from "./http.ts";
import { clip, headlineOf, stateWord, timesOf } from "./words.ts";

export interface NtfySettings {
  /** An ntfy server; people's addresses are topics on it. */
  readonly url: string;
  readonly token?: string | undefined;
}

/** 5 rings through a phone's silent mode, 2 makes no sound. */
const PRIORITY: Readonly<Record<Priority, number>> = { P0: 5, P1: 5, P2: 3, P3: 2 };
const QUIET = 2;

/** A message of more than 4,096 bytes becomes a file; a character has at most three bytes for each UTF-16 unit. */
const MAX_MESSAGE = 1_200;
const MAX_TITLE = 200;

/** The public server lets a new request through every five seconds, and counts messages by the day. */
const REQUESTS_PAUSE_MS = 5_000;
const MESSAGES_PAUSE_MS = 15 * 60_000;
const TOO_MANY_MESSAGES = 42908;

const errorSchema = z.looseObject({ code: z.number() });

/** ntfy's 429 has a code in place of `Retry-After`. */
function pauseMs({ text, retryAfter }: ProviderAnswer): number {
  if (retryAfter !== null) return retryAfterMs(retryAfter);
  try {
    const { code } = errorSchema.parse(JSON.parse(text));
    return code === TOO_MANY_MESSAGES ? MESSAGES_PAUSE_MS : REQUESTS_PAUSE_MS;
  } catch {
    return REQUESTS_PAUSE_MS;
  }
}

/** A page that rings again is a notification of its own; whatever else is said replaces the first one. */
const sequenceIdOf = ({ kind, deliveryId, announcement }: Message): string =>
  kind === "again" ? deliveryId : announcement.deliveryId;

/** Three buttons are all there may be. */
function buttonsOf(message: Message, addresses: ActionAddresses | undefined): readonly object[] {
  const { incident } = message;
  const press = (label: string, action: "acknowledge" | "resolve") =>
    addresses && {
      action: "http",
      label,
      url: addresses.link(message, action),
      method: "POST",
      headers: { "x-watchkeeper-source": "ntfy" },
      clear: true,
    };
  return [
    incident.state === "triggered" && press("Acknowledge", "acknowledge"),
    incident.state !== "resolved" && press("Resolve", "resolve"),
    { action: "view", label: `Open #${incident.number}`, url: incident.url },
  ].filter((button) => button !== false && button !== undefined);
}

function renderNotification(message: Message, addresses: ActionAddresses | undefined): string {
  const { incident, kind, to } = message;
  const rings = kind === "announce" || kind === "again";
  const text = [incident.description, timesOf(incident)].filter(Boolean).join("\n");
  return JSON.stringify({
    topic: to.address,
    title: clip(headlineOf(incident), MAX_TITLE),
    message: clip(text, MAX_MESSAGE),
    priority: rings ? PRIORITY[incident.priority] : QUIET,
    tags: [stateWord(incident) === "RESOLVED" ? "white_check_mark" : "rotating_light"],
    click: incident.url,
    actions: buttonsOf(message, addresses),
    sequence_id: sequenceIdOf(message),
  });
}

/** Push notifications through ntfy: a person's phone, with buttons. Repetitions replace each other by sequence id. */
export function createNtfyChannel({ url, token }: NtfySettings, addresses?: ActionAddresses): Channel {
  const headers: Readonly<Record<string, string>> = token ? { authorization: `Bearer ${token}` } : {};
  return {
    name: "ntfy",
    reaches: ["people"],
    showsUpdates: true,
    // 60 at once and then one every five seconds; people are told one thing at a time.
    minIntervalMs: 1_000,
    budgetMs: httpTimeoutMs,
    send: (message, signal) =>
      postJson(url, renderNotification(message, addresses), headers, signal, {
        whenBroken: "retry",
        pauseMs,
      }),
  };
}
