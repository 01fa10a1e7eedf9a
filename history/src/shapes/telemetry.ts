import { telemetryLogLinesTotal, telemetrySpansTotal } from "@watchkeeper/catalogue/metrics/telemetry";
import { growth, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const OURS = ["app", "collector", "pager", "console"] as const;

/** The demo ships neither logs nor spans: nothing of them was lost, and spans were recorded for exemplars alone. */
const LINES = ["shipped", "dropped", "refused"] as const;
const SPANS: Readonly<Record<"exported" | "unsampled" | "dropped", (moment: Moment) => number>> = {
  exported: () => 0,
  unsampled: ({ requests }) => requests,
  dropped: () => 0,
};

export const telemetryShapes: readonly Shape[] = OURS.flatMap((job) => [
  ...LINES.map((line_result) => growth(telemetryLogLinesTotal, job, { line_result }, () => 0)),
  ...Object.entries(SPANS).map(([span_result, spans]) =>
    growth(telemetrySpansTotal, job, { span_result: span_result as keyof typeof SPANS }, (moment) =>
      job === "app" ? spans(moment) : 0,
    ),
  ),
]);
