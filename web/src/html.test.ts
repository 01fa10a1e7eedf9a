import { expect, test } from "vitest";
import { html, link, safeHref, time } from "./html.ts";

test("everything that came from outside is escaped", () => {
  expect(html`<p title="${`"'`}">${"<script>&"}</p>`.text).toBe(
    '<p title="&quot;&#39;">&lt;script&gt;&amp;</p>',
  );
});

test("pieces, lists of pieces and nothing fit into a hole", () => {
  const piece = html`<b>${1}</b>`;
  expect(html`${[piece, [piece, "<"]]}${false}${null}${undefined}${0}`.text).toBe("<b>1</b><b>1</b>&lt;0");
});

test.each(["javascript:alert(1)", "data:text/html,x", "//elsewhere", "not an address"])(
  "%s is no address to follow",
  (address) => {
    expect(safeHref(address)).toBeUndefined();
    expect(link(address, "<here>", "to").text).toBe('<span class="to">&lt;here&gt;</span>');
  },
);

test("a link opens beside the page and does not say where it came from", () => {
  expect(link("https://example.com/?a=1&b", "there").text).toBe(
    '<a class="" href="https://example.com/?a=1&amp;b" target="_blank" rel="noopener noreferrer">there</a>',
  );
});

test("a moment can be read without a script", () => {
  expect(time("2026-02-01T10:00:00.123Z").text).toBe(
    '<time datetime="2026-02-01T10:00:00.123Z" data-style="short">2026-02-01 10:00:00 UTC</time>',
  );
});
