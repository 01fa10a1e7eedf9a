import { createHash } from "node:crypto";
import { escapeHtml } from "../channels/html.ts";

const STYLE = `
:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:34rem;padding:2.5rem 1.25rem;background:#f3f4f7;color:#1c2230}
h1{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 1rem;overflow-wrap:anywhere}
form{margin:0 0 1rem}
.quiet{color:#5a6478;font-size:.9rem}
button{width:100%;padding:.9rem;border:0;border-radius:.6rem;background:#3b5bdb;color:#fff;font:inherit;font-weight:600;cursor:pointer}
a{color:#3b5bdb}
:focus-visible{outline:3px solid #1c2230;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#101319;color:#e6e9ef}.quiet{color:#98a3b6}a{color:#91a7ff}:focus-visible{outline-color:#fff}}
`;

const styleHash = createHash("sha256").update(STYLE).digest("base64");

/** Nothing runs, nothing is loaded, nobody frames it, and the address (which is a key) is told to no other site. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

/** One small page: what it is about, and at most one button, which posts to the page's own address. */
export function renderPage(page: {
  readonly title: string;
  readonly text: string;
  readonly button?: string;
  readonly link?: { readonly text: string; readonly url: string };
}): string {
  const { title, text, button, link } = page;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Watchkeeper</title><style>${STYLE}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${button === undefined ? "" : `<form method="post"><button type="submit">${escapeHtml(button)}</button></form>`}
${link === undefined ? "" : `<p class="quiet"><a href="${escapeHtml(link.url)}">${escapeHtml(link.text)}</a></p>`}
</main></body>
</html>
`;
}
