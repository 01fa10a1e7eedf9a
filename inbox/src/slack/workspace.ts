import { createHash } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";

export const workspace = {
  team: "Stand-in",
  team_id: "T0STANDIN0",
  user: "watchkeeper",
  user_id: "U0STANDIN0",
  bot_id: "B0STANDIN0",
} as const;

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
}

export type Lookup = SlackChannel | { readonly error: "channel_not_found" | "is_archived" };

/**
 * The channels of the workspace. Posting to a valid name (`alerts` or `#alerts`) makes the channel, so that nobody
 * has to prepare one, with two exceptions for tests: a name that begins with `no-such-` is never found, one that
 * begins with `archived-` is archived. Every other method takes only the id that a post has answered with, as
 * Slack does. An id is a function of its name: it survives a restart, the messages do not.
 */
export interface Channels {
  forPosting(nameOrId: string): Lookup;
  byId(id: string): Lookup;
  list(): readonly SlackChannel[];
}

const MAX_CHANNELS = 1_000;
const NAME = /^#?([a-z0-9_-]{1,80})$/;

const idOf = (name: string): string => {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 9).toUpperCase();
  return `C0${digest}`;
};

export function createChannels(): Channels {
  const known = new Map<string, SlackChannel>();
  const byId = (id: string): Lookup => known.get(id) ?? { error: "channel_not_found" };
  return {
    byId,
    list: () => [...known.values()],
    forPosting(nameOrId) {
      if (known.has(nameOrId)) return byId(nameOrId);
      const name = NAME.exec(nameOrId)?.[1];
      if (!name || name.startsWith("no-such-")) return { error: "channel_not_found" };
      if (name.startsWith("archived-")) return { error: "is_archived" };
      const channel = { id: idOf(name), name };
      if (known.size >= MAX_CHANNELS && !known.has(channel.id)) return { error: "channel_not_found" };
      known.set(channel.id, channel);
      return channel;
    },
  };
}

/** Message ids as Slack makes them: seconds and microseconds of the time, unique and ascending. */
export function createTimestamps(clock: Clock): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, clock.now() * 1_000);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
  };
}
