import { escapeHtml } from "@watchkeeper/web/html";
import { Marked, type Tokens } from "marked";
import { pageHref } from "../web/links.ts";

const COMMENT = /^\s*(<!--[\s\S]*?-->\s*)+$/;

/** `ServiceDown.md#cause` is the page beside this one. */
const beside = (href: string): string =>
  href.replace(
    /^(?:\.\/)?([A-Za-z][A-Za-z0-9]*)\.md(#.*)?$/,
    (_all, name: string, anchor = "") => `/runbooks/${name}${anchor}`,
  );

/**
 * Markdown as HTML that cannot do anything: HTML inside is shown as text, comments vanish, only links of known kinds
 * are links, images are their description.
 *
 * @param publicUrl where people reach this console; its own links become paths
 */
export function renderMarkdown(source: string, publicUrl: string): string {
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => (COMMENT.test(text) ? "" : escapeHtml(text)),
      image: ({ text }) => `<span class="image">[${escapeHtml(text)}]</span>`,
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens);
        const target = pageHref(beside(href), publicUrl);
        if (target === undefined) return label;
        const outside =
          target.startsWith("/") || target.startsWith("#")
            ? ""
            : ' rel="noopener noreferrer" target="_blank"';
        return `<a href="${escapeHtml(target)}"${outside}>${label}</a>`;
      },
      table({ header, rows }) {
        const row = (cells: Tokens.TableCell[], tag: "th" | "td"): string =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
        return `<div class="scroll"><table><thead>${row(header, "th")}</thead><tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody></table></div>`;
      },
    },
  });
  return marked.parse(source) as string;
}
