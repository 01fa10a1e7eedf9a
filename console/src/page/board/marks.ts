import type uPlot from "uplot";
import { thresholdColor } from "../../boards/field.ts";
import type { FieldConfig } from "../../boards/model.ts";
import { type Happening, markColour } from "./annotations.ts";
import { colour, faded } from "./colours.ts";

/** Draws within the plot only, and leaves the canvas as it was. */
function within(plot: uPlot, task: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  task(ctx);
  ctx.restore();
}

/** Limits as lines or areas. @param mode Grafana's `thresholdsStyle.mode` */
export function drawThresholds(plot: uPlot, field: FieldConfig, mode: string, scale: string): void {
  if (mode === "off") return;
  const { left, top, width, height } = plot.bbox;
  within(plot, (context) => {
    const steps = field.thresholds?.steps ?? [];
    steps.forEach(({ value, color }, index) => {
      if (mode.includes("area")) {
        const next = steps[index + 1]?.value;
        const from = value === null ? top + height : plot.valToPos(value, scale, true);
        const to = next === null || next === undefined ? top : plot.valToPos(next, scale, true);
        context.fillStyle = faded(colour(color), 0.1);
        context.fillRect(left, Math.max(top, to), width, Math.min(top + height, from) - Math.max(top, to));
      }
      if (value === null || !/line|dashed/.test(mode)) return;
      const y = Math.round(plot.valToPos(value, scale, true));
      context.strokeStyle = colour(thresholdColor(field, value));
      context.lineWidth = 1.5 * devicePixelRatio;
      context.setLineDash(mode.includes("dashed") ? [6 * devicePixelRatio, 5 * devicePixelRatio] : []);
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.stroke();
    });
  });
}

/** What happened, as spans over the chart. */
export function drawHappenings(plot: uPlot, happenings: readonly Happening[]): void {
  const { top, height } = plot.bbox;
  within(plot, (context) => {
    // One after the other, so that two at the same time are not twice as dark.
    let end = Number.NEGATIVE_INFINITY;
    const events = happenings.filter(({ isDemo }) => !isDemo);
    for (const happening of [...events].sort((a, b) => a.from - b.from)) {
      const from = Math.max(end, plot.valToPos(happening.from, "x", true));
      const to = plot.valToPos(happening.to, "x", true);
      if (end > Number.NEGATIVE_INFINITY && to <= end) continue;
      end = Math.max(from + 2 * devicePixelRatio, to);
      context.fillStyle = faded(markColour(happening), 0.055);
      context.fillRect(from, top, end - from, height);
      context.fillStyle = faded(markColour(happening), 0.75);
      context.fillRect(from, top, end - from, 2 * devicePixelRatio);
    }
  });
}

/** What went on at a moment. @param slack seconds */
export const happeningsAt = (
  happenings: readonly Happening[],
  at: number,
  slack: number,
): readonly Happening[] => happenings.filter(({ from, to }) => at >= from - slack && at <= to + slack);
