import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleIncident } from "../test-bed.ts";
import { renderBlocks, renderText } from "./slack-blocks.ts";
import { clip, duration, headlineOf, linksOf } from "./words.ts";

test("a cut text is never longer than asked for and never ends inside a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 40 }), (text, max) => {
      const cut = clip(text, max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(/[\ud800-\udbff](?![\udc00-\udfff])/.test(cut)).toBe(false);
      if (text.length <= max) expect(cut).toBe(text);
    }),
  );
});

test("whatever an alert says, the Slack message keeps Slack's limits and rings nobody by itself", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 8_000 }),
    fc.constantFrom("<!here>".repeat(900), "&".repeat(6_000), ""),
  );
  fc.assert(
    fc.property(text, text, text, text, (alertname, service, summary, description) => {
      const incident = sampleIncident({ alertname, service, summary, description });
      const blocks = renderBlocks(incident);
      let total = 0;
      for (const block of blocks) {
        if (block.type === "header") expect(block.text.text.length).toBeLessThanOrEqual(150);
        if (block.type !== "section" || !block.text) continue;
        total += block.text.text.length;
        expect(block.text.text.length).toBeGreaterThan(0);
        expect(block.text.text.length).toBeLessThanOrEqual(3_000);
        expect(block.text.text).not.toMatch(/<[!@#]/);
      }
      expect(total).toBeLessThan(13_000);
      expect(renderText(incident)).not.toMatch(/<[!@#]/);
    }),
    { numRuns: 50 },
  );
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_600_000, "1 h"],
  [11_100_000, "3 h 5 min"],
  [187_200_000, "2 d 4 h"],
])("%i ms is said as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test("the headline says what to do before anything else", () => {
  expect(headlineOf(sampleIncident())).toBe("[PAGE] #12 ServiceDown: The directory does not answer (app)");
  expect(headlineOf(sampleIncident({ state: "resolved", summary: "", service: "" }))).toBe(
    "[RESOLVED] #12 ServiceDown",
  );
});

test("a link that no provider takes is left out", () => {
  const runbookUrl = `http://localhost/${"x".repeat(4_000)}`;
  expect(linksOf(sampleIncident({ runbookUrl })).map(({ text }) => text)).toEqual([
    "Panel",
    "Dashboard",
    "Logs",
    "Incident #12",
  ]);
});
