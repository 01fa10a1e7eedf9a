import type { ReportBlock, ReportCell, Tone } from "@watchkeeper/catalogue/report-document";
import type { Kept } from "../availability.ts";
import type { ReportData } from "../data.ts";
import { startOf } from "../period.ts";

export const NOT_MEASURED = "not measured";

export const cell = (text: string, tone?: Tone): ReportCell =>
  tone === undefined ? { text } : { text, tone };
export const sentence = (text: string): ReportBlock => ({ kind: "text", text });
export const column = (title: string, numeric = true) => ({ title, numeric });

/** How much time the report tells of: less than its period while that is not over. */
export const secondsOf = ({ period, toMs }: ReportData): number => (toMs - startOf(period)) / 1_000;

/** Less than two evaluations may be missing at a period's ends without anybody having missed anything. */
const UNNOTICED_SECONDS = 60;

export const isWholly = ({ notMeasuredSeconds }: Kept): boolean => notMeasuredSeconds < UNNOTICED_SECONDS;
/** Whether a promise was measured in any part of so many seconds. */
export const isMeasured = (kept: Kept, seconds: number): boolean =>
  kept.notMeasuredSeconds < seconds - UNNOTICED_SECONDS;

/** Whether anything was measured: where nothing was, no news is no good news. */
export const isKnown = (data: ReportData): boolean =>
  data.kept.ok && data.kept.value.some((one) => isMeasured(one, secondsOf(data)));
