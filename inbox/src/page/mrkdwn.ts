import { escapeHtml, Html, html, link } from "@watchkeeper/web/html";

/** The names of emoji that notifiers use; any other stays as written. */
const EMOJI: Readonly<Record<string, string>> = {
  rotating_light: "🚨",
  warning: "⚠️",
  fire: "🔥",
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  no_entry: "⛔",
  red_circle: "🔴",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  large_green_circle: "🟢",
  large_blue_circle: "🔵",
  white_circle: "⚪",
  bell: "🔔",
  no_bell: "🔕",
  eyes: "👀",
  information_source: "ℹ️",
  ticket: "🎫",
  pager: "📟",
  book: "📖",
  link: "🔗",
  hourglass: "⌛",
  tada: "🎉",
  robot_face: "🤖",
  bust_in_silhouette: "👤",
};

export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);

const decode = (text: string): string =>
  text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** `<https://x|label>`, `<@U1>`, `<#C1|name>` and `<!here>`. */
function special(inside: string): Html {
  const [target = "", label] = inside.split("|", 2);
  if (/^[@#!]/.test(target)) {
    const name = label ?? target.replace(/^[@#!](subteam\^)?/, "");
    return html`<span class="mention">${target.startsWith("#") ? "#" : "@"}${decode(name)}</span>`;
  }
  return link(
    decode(target),
    label === undefined ? decode(target) : new Html(emphasis(withEmoji(decode(label)))),
  );
}

/** Bold, italic and struck text; takes plain text and gives HTML. */
function emphasis(text: string): string {
  return escapeHtml(text)
    .replace(
      /(^|[\s(>"'.,:;!?-])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?=$|[\s)<"'.,:;!?-])/g,
      "$1<strong>$2</strong>",
    )
    .replace(/(^|[\s(>"'.,:;!?-])_([^\s_](?:[^_\n]*[^\s_])?)_(?=$|[\s)<"'.,:;!?-])/g, "$1<em>$2</em>")
    .replace(/(^|[\s(>"'.,:;!?-])~([^\s~](?:[^~\n]*[^\s~])?)~(?=$|[\s)<"'.,:;!?-])/g, "$1<s>$2</s>");
}

/** Stands for a finished piece while emphasis is found around it; private use characters never arrive in a text. */
const HOLD = "\uE000";
const HOLD_END = "\uE001";

/**
 * Slack's mrkdwn as HTML: code, links, mentions, emoji, bold, italic, struck, quotes and line breaks. All else is
 * shown as it is.
 */
export function renderMrkdwn(source: string): Html {
  const held: string[] = [];
  const hold = (piece: Html): string => `${HOLD}${held.push(piece.text) - 1}${HOLD_END}`;
  const text = source
    .replace(/[\uE000\uE001]/g, "")
    .replace(/```\n?([\s\S]*?)\n?```/g, (_all, code: string) => hold(html`<pre>${decode(code)}</pre>`))
    .replace(/`([^`\n]+)`/g, (_all, code: string) => hold(html`<code>${decode(code)}</code>`))
    .replace(/<([^<>\n]+)>/g, (_all, inside: string) => hold(special(inside)));
  const lines = text.split("\n").map((line) => {
    const quoted = /^(?:>|&gt;) ?/.exec(line);
    const shown = emphasis(withEmoji(decode(quoted ? line.slice(quoted[0].length) : line)));
    return quoted ? `<span class="quote">${shown}</span>` : shown;
  });
  return new Html(
    lines.join("<br>").replace(/\uE000(\d+)\uE001(<br>)?/g, (_all, index: string, lineBreak = "") => {
      const piece = held[Number(index)] ?? "";
      return piece.startsWith("<pre>") ? piece : piece + lineBreak;
    }),
  );
}
