import { expect, test } from "vitest";
import { renderMarkdown } from "./markdown.ts";

const render = (source: string): string => renderMarkdown(source, "https://watch.example.com").trim();

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ["a <img src=x onerror=alert(1)> b", "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>"],
  ["<!-- Generated -->\n\ntext", "<p>text</p>"],
  ["<!-- a --><b onclick=x>", "&lt;!-- a --&gt;&lt;b onclick=x&gt;"],
  ["[x](javascript:alert(1))", "<p>x</p>"],
  ["[x](JaVaScRiPt:alert(1))", "<p>x</p>"],
  ["[x](data:text/html,hello)", "<p>x</p>"],
  ["[x](//evil.example)", "<p>x</p>"],
  [
    '[x](https://example.com/"onclick=y)',
    '<p><a href="https://example.com/%22onclick=y" rel="noopener noreferrer" target="_blank">x</a></p>',
  ],
  ['![<b>"](https://example.com/a.png)', '<p><span class="image">[&lt;b&gt;&quot;]</span></p>'],
  ["`<b>`", "<p><code>&lt;b&gt;</code></p>"],
  ["```promql\nup < 1\n```", '<pre><code class="language-promql">up &lt; 1\n</code></pre>'],
])("%j does nothing but show text", (source, html) => {
  expect(render(source)).toBe(html);
});

test.each([
  ["http://localhost:4700/boards/overview", "/boards/overview"],
  ["https://watch.example.com/incidents/3", "/incidents/3"],
  ["ServiceDown.md", "/runbooks/ServiceDown"],
  ["./ServiceDown.md#cause", "/runbooks/ServiceDown#cause"],
  ["#cause", "#cause"],
])("a link to %s stays within the console", (address, path) => {
  expect(render(`[x](${address})`)).toBe(`<p><a href="${path}">x</a></p>`);
});

test("an address that only begins like the console's is somewhere else", () => {
  expect(render("[x](https://watch.example.com.evil.example/a)")).toContain(
    'href="https://watch.example.com.evil.example/a"',
  );
  expect(render("[x](http://localhost:4700//evil.example)")).toBe("<p>x</p>");
});

test("tables can be scrolled on a narrow screen", () => {
  expect(render("| a |\n|---|\n| `b` |")).toBe(
    '<div class="scroll"><table><thead><tr><th>a</th></tr></thead><tbody><tr><td><code>b</code></td></tr></tbody></table></div>',
  );
});
