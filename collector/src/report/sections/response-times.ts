import type { ReportSection } from "@watchkeeper/catalogue/report-document";
import { columnChart } from "../chart.ts";
import type { ReportData } from "../data.ts";
import { duration } from "../numbers.ts";
import { shortDay } from "../period.ts";
import { NOT_MEASURED, sentence } from "./words.ts";

/** How fast requests were answered, beside the period before, and the slowest of them. */
export function responseTimesSection({ responseTimes, period }: ReportData): ReportSection {
  const title = "How fast the directory answered";
  if (!responseTimes.ok)
    return { title, blocks: [sentence(`${responseTimes.reason}. Response times are ${NOT_MEASURED}.`)] };
  const { median, p95, p95Before, p95ByDay, slowest } = responseTimes.value;
  if (median === undefined || p95 === undefined) {
    return { title, blocks: [sentence(`No request was measured in this ${period.kind}.`)] };
  }
  const slower = p95Before !== undefined && p95 > p95Before * 1.2;
  const compared =
    p95Before === undefined
      ? `the ${period.kind} before was not measured`
      : `${duration(p95Before)} in the ${period.kind} before`;
  return {
    title,
    blocks: [
      {
        kind: "figures",
        figures: [
          { name: "Half of all requests within", value: duration(median), tone: "plain" },
          {
            name: "95 of 100 requests within",
            value: duration(p95),
            trend: compared,
            tone: slower ? "bad" : "plain",
          },
        ],
      },
      columnChart(
        "Time within which 95 of 100 requests were answered, each day",
        "95 of 100 requests were answered within",
        period.days.map((day, i) => ({ label: shortDay(day), value: p95ByDay[i] })),
        (value) => (value === 0 ? "0" : duration(value)),
        "#0c8599",
      ),
      ...(slowest.length > 0
        ? [
            sentence(
              `Slowest: ${slowest.map(({ name, p95: time }) => `${name} (${duration(time)})`).join("; ")}.`,
            ),
          ]
        : []),
    ],
  };
}
