import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { reasonOf } from "@watchkeeper/process/main";
import { z } from "zod";
import { type Channel, httpTimeoutMs, type Message, type Outcome } from "./channel.ts";
import { DEFAULT_PAUSE_MS, networkOutcome } from "./http.ts";
import { renderBlocks, renderText, renderThread } from "./slack-blocks.ts";

export interface SlackSettings {
  readonly token: string;
  /** Id (C0123456789, best) or name (#alerts). */
  readonly channel: string;
  /** Slack's Web API or a stand-in's, ending in a slash. */
  readonly apiUrl: string;
  /** Proves that a pressed button comes from Slack; without it messages have none. */
  readonly signingSecret?: string | undefined;
}

/*
 * One message for one incident:
 *
 *   announce ──► chat.postMessage, the delivery's id in its metadata ──► reference {channel id, ts}
 *   update, resolve ──► chat.update of that message with the newest state
 *                       and what has happened since, as a reply in its thread
 *
 * Slack takes no idempotency key. After an attempt without an answer, the channel's history (or the thread) is
 * searched for the delivery's id first: found means sent.
 */

const EVENT_TYPE = "watchkeeper_delivery";

/** Clocks differ: look a little further back than the announcement. */
const LOOK_BACK_SECONDS = 60;
const HISTORY_PAGES = 3;
const CHANNEL_PAGES = 5;

const referenceSchema = z.object({ name: z.string(), channel: z.string(), ts: z.string() });
type Reference = z.infer<typeof referenceSchema>;

const historySchema = z.object({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      metadata: z
        .looseObject({ event_payload: z.looseObject({ delivery_id: z.string().optional() }) })
        .optional(),
    }),
  ),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

const channelsSchema = z.object({
  channels: z.array(z.looseObject({ id: z.string(), name: z.string().optional() })),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

/** Our own log says what happened; the SDK's would print request bodies. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Platform errors after which Slack asks to try again; part of the work may have been done. */
const PASSING = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);
/** The message that we would change is not ours to change any more. */
const GONE = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);
/** The history cannot be read: what remains is to post again. */
const UNREADABLE = new Set([
  "missing_scope",
  "not_in_channel",
  "channel_not_found",
  "no_permission",
  "access_denied",
]);

const platformCode = (error: unknown): string | undefined =>
  error instanceof WebAPIPlatformError ? error.data.error : undefined;

function outcomeOf(error: unknown): Outcome {
  if (error instanceof WebAPIRateLimitedError) {
    return { result: "too-fast", reason: "Slack: rate limited", pauseMs: error.retryAfter * 1_000 };
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    if (code === "ratelimited" || code === "rate_limited") {
      return { result: "too-fast", reason: `Slack: ${code}`, pauseMs: DEFAULT_PAUSE_MS };
    }
    return { result: PASSING.has(code) ? "ambiguous" : "dead", reason: `Slack: ${code}` };
  }
  if (error instanceof WebAPIHTTPError) {
    const refused = error.statusCode < 500 && error.statusCode !== 408;
    return { result: refused ? "dead" : "ambiguous", reason: `Slack: HTTP ${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return networkOutcome(error.original);
  // The SDK's answer to a 429 without a usable Retry-After.
  if (reasonOf(error).startsWith("Retry header did not contain")) {
    return { result: "too-fast", reason: "Slack: rate limited", pauseMs: DEFAULT_PAUSE_MS };
  }
  return networkOutcome(error);
}

function parseReference(text: string | null, name: string): Reference | undefined {
  if (text === null) return undefined;
  const reference = referenceSchema.parse(JSON.parse(text));
  // After the setting changed, messages stay where they were posted; only new ones go to the new channel.
  return name === "" || reference.name === name ? reference : undefined;
}

export function createSlackChannel({ token, channel, apiUrl, signingSecret }: SlackSettings): Channel {
  const clientFor = (timeout: number, signal: AbortSignal): WebClient =>
    new WebClient(token, {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout,
      logger: silent,
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal,
        } as RequestInit),
    });

  const contentOf = ({ incident, announcement }: Message) => ({
    text: renderText(incident),
    blocks: renderBlocks(incident, signingSecret !== undefined),
    metadata: { event_type: EVENT_TYPE, event_payload: { delivery_id: announcement.deliveryId } },
  });
  const sent = (reference: Omit<Reference, "name">, note?: string): Outcome => ({
    result: "sent",
    reference: JSON.stringify({ name: channel, ...reference }),
    ...(note !== undefined && { note }),
  });

  async function post(client: WebClient, message: Message): Promise<Outcome> {
    const answer = await client.chat.postMessage({
      channel,
      ...contentOf(message),
      unfurl_links: false,
      unfurl_media: false,
    });
    return sent({ channel: answer.channel ?? channel, ts: answer.ts ?? "" });
  }

  async function update(client: WebClient, message: Message, reference: Reference): Promise<Outcome> {
    try {
      await client.chat.update({ channel: reference.channel, ts: reference.ts, ...contentOf(message) });
      // Repeating an announcement that had arrived adds nothing to its thread.
      if (message.kind === "announce") return sent(reference);
      return sent(reference, await reply(client, message, reference));
    } catch (error) {
      if (!GONE.has(platformCode(error) ?? "")) throw error;
      const gone = "the message is gone from Slack";
      // Nobody needs a new message about something that is over.
      if (message.kind === "resolve") return sent(reference, gone);
      const posted = await post(client, message);
      return posted.result === "sent" ? { ...posted, note: `${gone}, posted again` } : posted;
    }
  }

  /**
   * What has happened since, below the message.
   *
   * @returns why the thread stays without it, when Slack refuses that for good
   */
  async function reply(
    client: WebClient,
    message: Message,
    reference: Reference,
  ): Promise<string | undefined> {
    const text = renderThread(message.history);
    if (text === undefined) return undefined;
    const { deliveryId, mayHaveArrived } = message;
    const thread = { channel: reference.channel, ts: reference.ts };
    try {
      if (mayHaveArrived) {
        const replies = historySchema.parse(
          await client.conversations.replies({ ...thread, include_all_metadata: true, limit: 200 }),
        );
        if (replies.messages.some(({ metadata }) => metadata?.event_payload.delivery_id === deliveryId)) {
          return undefined;
        }
      }
      await client.chat.postMessage({
        channel: thread.channel,
        thread_ts: thread.ts,
        text,
        metadata: { event_type: EVENT_TYPE, event_payload: { delivery_id: deliveryId } },
        unfurl_links: false,
        unfurl_media: false,
      });
      return undefined;
    } catch (error) {
      // The message itself shows the newest state: what its thread lacks is not worth a second attempt.
      const outcome = outcomeOf(error);
      if (outcome.result === "dead") return `the thread was not written: ${outcome.reason}`;
      throw error;
    }
  }

  /** The channel's id. Reading takes no name, and before the first message is answered a name is all there is. */
  async function findChannel(client: WebClient): Promise<string | undefined> {
    if (/^[CDG][A-Z0-9]{6,}$/.test(channel)) return channel;
    const name = channel.replace(/^#/, "");
    let cursor: string | undefined;
    for (let page = 0; page < CHANNEL_PAGES; page++) {
      const list = channelsSchema.parse(
        await client.conversations.list({
          types: "public_channel,private_channel",
          exclude_archived: true,
          limit: 1_000,
          ...(cursor !== undefined && { cursor }),
        }),
      );
      const found = list.channels.find((one) => one.name === name);
      if (found) return found.id;
      cursor = list.response_metadata?.next_cursor;
      if (!cursor) return undefined;
    }
    return undefined;
  }

  /** The announcement, if it arrived although its answer did not. */
  async function findAnnouncement(client: WebClient, message: Message): Promise<Reference | undefined> {
    const { deliveryId, createdAt } = message.announcement;
    let cursor: string | undefined;
    try {
      const id = parseReference(message.lastReference, channel)?.channel ?? (await findChannel(client));
      if (id === undefined) return undefined;
      for (let page = 0; page < HISTORY_PAGES; page++) {
        const history = historySchema.parse(
          await client.conversations.history({
            channel: id,
            oldest: String(createdAt.getTime() / 1_000 - LOOK_BACK_SECONDS),
            include_all_metadata: true,
            limit: 200,
            ...(cursor !== undefined && { cursor }),
          }),
        );
        const found = history.messages.find(
          ({ metadata }) => metadata?.event_payload.delivery_id === deliveryId,
        );
        if (found) return { name: channel, channel: id, ts: found.ts };
        cursor = history.response_metadata?.next_cursor;
        if (!cursor) return undefined;
      }
      return undefined;
    } catch (error) {
      if (UNREADABLE.has(platformCode(error) ?? "")) return undefined;
      throw error;
    }
  }

  return {
    name: "slack",
    reaches: ["team"],
    showsUpdates: true,
    // One message a second for a channel, and fifty changes a minute.
    minIntervalMs: 1_200,
    // One call, or after a doubtful attempt a look into the history and a call: both are fast or Slack is broken.
    budgetMs: (severity) => httpTimeoutMs(severity) + 1_000,
    async send(message, signal) {
      const client = clientFor(httpTimeoutMs(message.incident.severity), signal);
      try {
        const known = parseReference(message.announcement.reference, "");
        if (known) return await update(client, message, known);
        if (message.mayHaveArrived || message.kind !== "announce") {
          const found = await findAnnouncement(client, message);
          if (found) return await update(client, message, found);
        }
        if (message.kind === "announce") return await post(client, message);
        // The announcement never arrived: there is nothing to change.
        return { result: "sent", reference: null, note: "nothing to change in Slack" };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}
