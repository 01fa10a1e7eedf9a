import { panelId } from "@watchkeeper/catalogue/names";
import { expect, test } from "vitest";
import type { TextPanel } from "../panel.ts";
import { layOut } from "./layout.ts";

const text = (key: string, width: TextPanel["width"]): TextPanel => ({
  type: "text",
  key,
  title: key,
  about: "A text for this test.",
  width,
  markdown: key,
});

test("panels fill a line from the left and wrap where it is full", () => {
  const { places, bottom } = layOut([text("a", 12), text("b", 8), text("c", 6), text("d", 24)], 1);
  expect(places).toEqual([
    { x: 0, y: 1, w: 12, h: 4 },
    { x: 12, y: 1, w: 8, h: 4 },
    { x: 0, y: 5, w: 6, h: 4 },
    { x: 0, y: 9, w: 24, h: 4 },
  ]);
  expect(bottom).toBe(13);
});

test("no panels need no room", () => {
  expect(layOut([], 7)).toEqual({ places: [], bottom: 7 });
});

test("a panel keeps its number, and no other board's panel has it", () => {
  expect(panelId("overview/latency")).toBe(panelId("overview/latency"));
  expect(panelId("overview/latency")).not.toBe(panelId("performance/latency"));
  expect(panelId("overview/latency")).toBeGreaterThan(0);
  expect(panelId("overview/latency")).toBeLessThan(2 ** 31);
});
