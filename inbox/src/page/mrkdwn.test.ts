import { expect, test } from "vitest";
import { renderMrkdwn } from "./mrkdwn.ts";

test.each([
  ["*bold* _italic_ ~struck~", "<strong>bold</strong> <em>italic</em> <s>struck</s>"],
  ["5 * 3 * 2 and snake_case_name", "5 * 3 * 2 and snake_case_name"],
  ["`*not bold*`", "<code>*not bold*</code>"],
  ["```\na < b\n```after", "<pre>a &lt; b</pre>after"],
  ["&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"],
  [
    "*<https://example.com/?a=1&b=2|the board>*",
    '<strong><a class="" href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">the board</a></strong>',
  ],
  ["<javascript:alert(1)|click>", '<span class="">click</span>'],
  ["<!here> <#C1|alerts>", '<span class="mention">@here</span> <span class="mention">#alerts</span>'],
  ["&gt; quoted\nplain", '<span class="quote">quoted</span><br>plain'],
  [":bell: :unknown_name:", "🔔 :unknown_name:"],
  ['<script src="x">', '<span class="">script src=&quot;x&quot;</span>'],
])("mrkdwn %j is shown as Slack would", (source, html) => {
  expect(renderMrkdwn(source).text).toBe(html);
});
