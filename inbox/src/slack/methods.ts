import type { Clock } from "@watchkeeper/process/clock";
import type { z } from "zod";
import type { Answer } from "../answer.ts";
import type { MessageOf, SlackContent } from "../message.ts";
import type { Store } from "../store.ts";
import { createTokenBuckets, type TokenBuckets } from "../token-bucket.ts";
import {
  historyArguments,
  postArguments,
  repliesArguments,
  updateArguments,
  type writeArguments,
} from "./arguments.ts";
import { limits, refuseBlocks, totalText } from "./blocks.ts";
import { plainTextOf } from "./plain-text.ts";
import { createChannels, createTimestamps, type SlackChannel, workspace } from "./workspace.ts";

/** A call that was refused; the message is Slack's error code. */
export class SlackError extends Error {
  override readonly name = "SlackError";
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: string, details: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.details = details;
  }
}

export class RateLimited extends Error {
  override readonly name = "RateLimited";
  readonly retryAfterSeconds: number;
  constructor(waitMs: number) {
    super("ratelimited");
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  }
}

export type Method = (args: Readonly<Record<string, unknown>>) => { body: object; accepted?: boolean };

const MAX_TEXT = 40_000;

/**
 * Rate limits as token buckets. Slack publishes one message a second for a channel with short bursts allowed
 * (here: four at once), several hundred a minute for a workspace (300), 50 calls a minute for a method of tier 3
 * and 20 for one of tier 2. It does not publish how large a burst may be.
 */
function createLimiters(clock: Clock) {
  return {
    channel: createTokenBuckets(clock, 4, 1),
    workspace: createTokenBuckets(clock, 300, 300 / 60),
    tier3: createTokenBuckets(clock, 50, 50 / 60),
    tier2: createTokenBuckets(clock, 20, 20 / 60),
  };
}

const take = (buckets: TokenBuckets, key: string): void => {
  const waitMs = buckets.take(key);
  if (waitMs > 0) throw new RateLimited(waitMs);
};

function parse<Schema extends z.ZodType>(schema: Schema, args: unknown): z.infer<Schema> {
  const result = schema.safeParse(args);
  if (result.success) return result.data;
  const field = String(result.error.issues[0]?.path[0]);
  const code = {
    channel: "channel_not_found",
    ts: "message_not_found",
    metadata: "invalid_metadata_format",
    blocks: "invalid_blocks_format",
    attachments: "invalid_attachments",
  }[field];
  const messages = result.error.issues.map(
    (issue) => `[ERROR] ${issue.message} [json-pointer:/${issue.path.join("/")}]`,
  );
  throw new SlackError(code ?? "invalid_arguments", { response_metadata: { messages } });
}

function checkContent({ text, blocks, attachments }: z.infer<typeof writeArguments>): void {
  if (!text && !blocks?.length && !attachments?.length) throw new SlackError("no_text");
  if (text.length > MAX_TEXT) throw new SlackError("msg_too_long");
  const attached = (attachments ?? []).flatMap((one) =>
    one && typeof one === "object" && "blocks" in one ? [one.blocks] : [],
  );
  for (const list of [blocks ?? [], ...attached]) {
    const refusal = refuseBlocks(list);
    if (refusal) {
      const messages = refusal.messages.map((message) => `[ERROR] ${message}`);
      throw new SlackError(refusal.error, { errors: refusal.messages, response_metadata: { messages } });
    }
  }
  if (totalText(blocks) + totalText(attachments) > limits.totalText)
    throw new SlackError("msg_blocks_too_long");
}

const draftOf = (content: SlackContent) => {
  const text = plainTextOf(content);
  return { summary: (content.text || text).split("\n")[0]?.slice(0, 200) ?? "", text, content };
};

const found = (channel: SlackChannel | { readonly error: string }): SlackChannel => {
  if ("error" in channel) throw new SlackError(channel.error);
  return channel;
};

/** The methods of the Web API that a program needs to post, change and find its messages. */
export function createMethods(store: Store, clock: Clock): Readonly<Record<string, Method>> {
  const channels = createChannels();
  const nextTs = createTimestamps(clock);
  const limiters = createLimiters(clock);

  const contentOf = (
    channel: SlackChannel,
    ts: string,
    args: z.infer<typeof writeArguments>,
  ): SlackContent => ({
    channel: channel.id,
    channel_name: channel.name,
    ts,
    user: workspace.user_id,
    text: args.text,
    ...(args.blocks && { blocks: args.blocks }),
    ...(args.attachments && { attachments: args.attachments }),
    ...(args.metadata && { metadata: args.metadata }),
    ...(args.username && { username: args.username }),
    ...(args.icon_emoji && { icon_emoji: args.icon_emoji }),
  });

  const shown = ({ content, revisions, updatedAt }: MessageOf<"slack">, includeMetadata: boolean): object => {
    const { channel, channel_name, metadata, ...message } = content;
    return {
      type: "message",
      bot_id: workspace.bot_id,
      team: workspace.team_id,
      ...message,
      ...(metadata && { metadata: includeMetadata ? metadata : { event_type: metadata.event_type } }),
      ...(revisions > 0 && { edited: { user: workspace.user_id, ts: `${Date.parse(updatedAt) / 1_000}` } }),
    };
  };

  const select = (
    args: z.infer<typeof historyArguments>,
    belongs: (content: SlackContent) => boolean,
  ): { messages: object[]; has_more: boolean } => {
    const { inclusive, latest, limit } = args;
    const oldest = Number(args.oldest);
    const newest = latest === undefined ? Number.POSITIVE_INFINITY : Number(latest);
    if (Number.isNaN(oldest)) throw new SlackError("invalid_ts_oldest");
    if (Number.isNaN(newest)) throw new SlackError("invalid_ts_latest");
    const matching = store.list("slack").filter(({ content }) => {
      const ts = Number(content.ts);
      return belongs(content) && (inclusive ? ts >= oldest && ts <= newest : ts > oldest && ts < newest);
    });
    return {
      messages: matching.slice(0, limit).map((message) => shown(message, args.include_all_metadata)),
      has_more: matching.length > limit,
    };
  };

  return {
    "auth.test": () => ({
      body: { url: "https://stand-in.slack.com/", is_enterprise_install: false, ...workspace },
    }),

    "chat.postMessage": (input) => {
      const args = parse(postArguments, input);
      const channel = found(channels.forPosting(args.channel));
      checkContent(args);
      take(limiters.channel, channel.id);
      take(limiters.workspace, workspace.team_id);
      if (args.thread_ts && !store.list("slack").some(({ content }) => content.ts === args.thread_ts)) {
        throw new SlackError("thread_not_found");
      }
      const ts = nextTs();
      const content = {
        ...contentOf(channel, ts, args),
        ...(args.thread_ts && { thread_ts: args.thread_ts }),
      };
      const message = store.add("slack", draftOf(content));
      return { body: { channel: channel.id, ts, message: shown(message, true) }, accepted: true };
    },

    "chat.update": (input) => {
      const args = parse(updateArguments, input);
      const channel = found(channels.byId(args.channel));
      checkContent(args);
      take(limiters.tier3, "chat.update");
      const message = store
        .list("slack")
        .find(({ content }) => content.channel === channel.id && content.ts === args.ts);
      if (!message) throw new SlackError("message_not_found");
      const { thread_ts, metadata } = message.content;
      const content = {
        ...(metadata && { metadata }),
        ...contentOf(channel, args.ts, args),
        ...(thread_ts && { thread_ts }),
      };
      const revised = store.revise(message, draftOf(content));
      const body = { channel: channel.id, ts: args.ts, text: args.text, message: shown(revised, true) };
      return { body, accepted: true };
    },

    "conversations.list": () => {
      take(limiters.tier2, "conversations.list");
      const shownChannels = channels.list().map((one) => ({ ...one, is_channel: true, is_archived: false }));
      return { body: { channels: shownChannels, response_metadata: { next_cursor: "" } } };
    },

    "conversations.history": (input) => {
      const args = parse(historyArguments, input);
      const channel = found(channels.byId(args.channel));
      take(limiters.tier3, "conversations.history");
      const belongs = (content: SlackContent): boolean =>
        content.channel === channel.id && !content.thread_ts;
      return { body: { ...select(args, belongs), pin_count: 0 } };
    },

    "conversations.replies": (input) => {
      const args = parse(repliesArguments, input);
      const channel = found(channels.byId(args.channel));
      take(limiters.tier3, "conversations.replies");
      const belongs = (content: SlackContent): boolean =>
        content.channel === channel.id && (content.ts === args.ts || content.thread_ts === args.ts);
      const { messages, has_more } = select(args, belongs);
      if (messages.length === 0 && Number(args.oldest) === 0) throw new SlackError("thread_not_found");
      return { body: { messages: messages.reverse(), has_more } };
    },
  };
}

export const refused = (error: SlackError): Answer => ({
  status: 200,
  body: { ok: false, error: error.message, ...error.details },
});
