/** A piece of HTML that is safe to show: everything that came from outside was escaped on the way in. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Hole = Html | string | number | false | null | undefined | readonly Hole[];

export const escapeHtml = (text: string): string =>
  text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");

function fill(hole: Hole): string {
  if (hole === undefined || hole === null || hole === false) return "";
  if (hole instanceof Html) return hole.text;
  if (typeof hole === "object") return hole.map(fill).join("");
  return escapeHtml(String(hole));
}

/** HTML in a tagged template: every hole is escaped unless it is HTML already. */
export const html = (strings: TemplateStringsArray, ...holes: readonly Hole[]): Html =>
  new Html(strings.reduce((left, right, i) => left + fill(holes[i - 1]) + right));

/** An address that a person may follow from a page; anything but http, https and mailto is not one. */
export function safeHref(address: string): string | undefined {
  try {
    const { protocol, href } = new URL(address);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
  } catch {
    return undefined;
  }
}

/** A link that opens beside the page, or its label alone where the address is not to be followed. */
export function link(address: string, label: Html | string, className = ""): Html {
  const href = safeHref(address);
  return href
    ? html`<a class="${className}" href="${href}" target="_blank" rel="noopener noreferrer">${label}</a>`
    : html`<span class="${className}">${label}</span>`;
}

/** A moment; a page's script may turn it into local time. @param iso ISO 8601 */
export const time = (iso: string, style: "short" | "long" = "short"): Html =>
  html`<time datetime="${iso}" data-style="${style}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
