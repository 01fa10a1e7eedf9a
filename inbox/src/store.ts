import type { Clock } from "@watchkeeper/process/clock";
import type { Channel, Draft, Message, MessageOf } from "./message.ts";

export interface StoreLimits {
  readonly messages: number;
  /** Characters of all contents together. */
  readonly characters: number;
}

const DEFAULT_LIMITS: StoreLimits = { messages: 2_000, characters: 64 * 1024 * 1024 };
const KEPT_REVISIONS = 20;

/** Everything that was received, in memory; the oldest is dropped when there is too much. */
export interface Store {
  add<Name extends Channel>(channel: Name, draft: Draft<Name>): MessageOf<Name>;
  /** Replaces what a message says and counts a revision. */
  revise<Name extends Channel>(message: MessageOf<Name>, draft: Draft<Name>): MessageOf<Name>;
  /** Changes what is known of a message, such as what its reader did; not a revision of what it says. */
  amend<Name extends Channel>(message: MessageOf<Name>, content: MessageOf<Name>["content"]): void;
  /** Newest first. */
  list<Name extends Channel>(channel: Name): readonly MessageOf<Name>[];
  list(channel?: Channel): readonly Message[];
  clear(): void;
  /** Grows with every change, so that a page knows whether it is still up to date. */
  readonly version: number;
}

export function createStore(clock: Clock, limits: StoreLimits = DEFAULT_LIMITS): Store {
  let messages: Message[] = [];
  const sizes = new Map<number, number>();
  let characters = 0;
  let nextId = 1;
  let version = 0;

  const measure = (message: Message): void => {
    const size = JSON.stringify([message.content, message.text, message.previous]).length;
    characters += size - (sizes.get(message.id) ?? 0);
    sizes.set(message.id, size);
  };

  const trim = (): void => {
    while (messages.length > limits.messages || (characters > limits.characters && messages.length > 1)) {
      const oldest = messages.pop();
      if (!oldest) return;
      characters -= sizes.get(oldest.id) ?? 0;
      sizes.delete(oldest.id);
    }
  };

  const now = (): string => new Date(clock.now()).toISOString();

  return {
    add(channel, draft) {
      const at = now();
      const message = {
        id: nextId++,
        channel,
        receivedAt: at,
        updatedAt: at,
        revisions: 0,
        previous: [],
        ...draft,
      };
      messages.unshift(message as Message);
      measure(message as Message);
      trim();
      version++;
      return message;
    },
    revise(message, draft) {
      const previous = [...message.previous, { at: message.updatedAt, text: message.text }].slice(
        -KEPT_REVISIONS,
      );
      const revised = { ...message, ...draft, updatedAt: now(), revisions: message.revisions + 1, previous };
      messages = messages.map((other) => (other.id === message.id ? (revised as Message) : other));
      measure(revised as Message);
      trim();
      version++;
      return revised;
    },
    amend(message, content) {
      messages = messages.map((other) =>
        other.id === message.id ? ({ ...other, content } as Message) : other,
      );
      const amended = messages.find(({ id }) => id === message.id);
      if (amended) measure(amended);
      trim();
      version++;
    },
    list: <Name extends Channel>(channel?: Name) =>
      messages.filter((message) => channel === undefined || message.channel === channel) as MessageOf<Name>[],
    clear() {
      messages = [];
      sizes.clear();
      characters = 0;
      version++;
    },
    get version() {
      return version;
    },
  };
}
