import type { SlackContent } from "../message.ts";

/** `<https://x|title>` → `title`, and the three characters that Slack escapes. */
const withoutMarkup = (text: string): string =>
  text
    .replace(/<([^<>|]+)\|([^<>]+)>/g, "$2")
    .replace(/<([^<>]+)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

/** Every text in blocks or attachments, in the order in which a person reads it. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === "string" &&
    ["text", "pretext", "title", "value"].includes(key) &&
    !("action_id" in value && key === "value")
      ? [item]
      : textsOf(item),
  );
}

/** What a message says without its layout: the fallback text first, then each text of its blocks on a line. */
export function plainTextOf({
  text,
  blocks,
  attachments,
}: Pick<SlackContent, "text" | "blocks" | "attachments">): string {
  const parts = [text, ...textsOf(blocks), ...textsOf(attachments)].filter((part) => part !== "");
  return withoutMarkup([...new Set(parts)].join("\n"));
}
