import { expect, test } from "vitest";
import type { Choices } from "../../boards/interpolate.ts";
import type { Panel } from "../../boards/model.ts";
import { repeatPanels } from "./repeat.ts";

const choices = (options: readonly string[], chosen: readonly string[]): Choices =>
  new Map([["job", { variable: { name: "job", type: "custom" }, options, chosen }]]) as unknown as Choices;

const panel = (id: number, y: number, more: Partial<Panel> = {}): Panel => ({
  id,
  type: "stat",
  gridPos: { x: 0, y, w: 24, h: 4 },
  ...more,
});
const places = (panels: readonly Panel[], of: Choices) =>
  repeatPanels(panels, of).map(({ panel: { id, gridPos }, only }) => [
    id,
    only?.value,
    gridPos?.x,
    gridPos?.y,
    gridPos?.w,
  ]);

const five = ["a", "b", "c", "d", "e"];

test("a panel repeats beside itself, wraps, and pushes down what stands below", () => {
  const panels = [panel(1, 0), panel(2, 4, { repeat: "job" }), panel(3, 8)];
  expect(places(panels, choices(five, five))).toEqual([
    [1, undefined, 0, 0, 24],
    [2, "a", 0, 4, 6],
    [2, "b", 6, 4, 6],
    [2, "c", 12, 4, 6],
    [2, "d", 18, 4, 6],
    [2, "e", 0, 8, 6],
    [3, undefined, 0, 12, 24],
  ]);
});

test("it repeats below itself, as wide as it is, where it says so", () => {
  const half = { x: 4, y: 0, w: 12, h: 3 };
  const panels = [panel(1, 0, { repeat: "job", repeatDirection: "v", gridPos: half }), panel(2, 3)];
  expect(places(panels, choices(five, ["b", "d"]))).toEqual([
    [1, "b", 4, 0, 12],
    [1, "d", 4, 3, 12],
    [2, undefined, 0, 6, 24],
  ]);
});

test("as many stand beside each other as the panel allows; everything means every value", () => {
  const panels = [panel(1, 0, { repeat: "job", maxPerRow: 2 })];
  expect(places(panels, choices(["$__all", "a", "b", "c"], ["$__all"]))).toEqual([
    [1, "a", 0, 0, 12],
    [1, "b", 12, 0, 12],
    [1, "c", 0, 4, 12],
  ]);
});

test("without the variable the panel stands alone, and without a value it is not there", () => {
  const panels = [panel(1, 0, { repeat: "other" }), panel(2, 4, { repeat: "job" })];
  expect(places(panels, choices([], []))).toEqual([[1, undefined, 0, 0, 24]]);
});
