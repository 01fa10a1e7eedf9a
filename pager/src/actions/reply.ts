import type { Button } from "./act.ts";

const WORDS: Readonly<Record<string, Button>> = {
  a: "acknowledge",
  ack: "acknowledge",
  acknowledge: "acknowledge",
  r: "resolve",
  res: "resolve",
  resolve: "resolve",
  resolved: "resolve",
  s: "snooze",
  snooze: "snooze",
};

/** Reads a reply to a text message: `ACK 12`, `ack #12`, `a12`. undefined when it asks for nothing that we know. */
export function parseReply(text: string): { readonly button: Button; readonly number: number } | undefined {
  const [, word = "", number = ""] = /^\s*([a-z]+)\s*#?(\d{1,15})\s*[.!]?\s*$/i.exec(text) ?? [];
  const button = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
  return button && { button, number: Number(number) };
}
