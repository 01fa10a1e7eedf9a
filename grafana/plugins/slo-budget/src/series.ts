import { type DataFrame, getFieldDisplayName } from "@grafana/data";
import type { Sample } from "./budget.ts";

/** The course of one budget. */
export interface Budget {
  readonly name: string;
  /** In the order of time; only what was measured. */
  readonly samples: readonly Sample[];
}

const isMeasured = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** One budget for each field of numbers: by the label `slo` where it has one, else by what Grafana calls it. */
export function budgetsOf(frames: readonly DataFrame[]): readonly Budget[] {
  return frames.flatMap((frame) => {
    const times = frame.fields.find(({ type }) => type === "time")?.values;
    if (!times) return [];
    return frame.fields
      .filter(({ type }) => type === "number")
      .map((field): Budget => {
        const samples: Sample[] = [];
        for (let i = 0; i < times.length; i++) {
          const atMs = times[i];
          const left = field.values[i];
          if (isMeasured(atMs) && isMeasured(left)) samples.push({ atMs, left });
        }
        return { name: field.labels?.slo ?? getFieldDisplayName(field, frame, frames), samples };
      });
  });
}
