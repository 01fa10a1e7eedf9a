import type { ReportFigure, ReportSection } from "@watchkeeper/catalogue/report-document";
import type { ReportData } from "../data.ts";
import { isAtNight, isNoise } from "../decisions.ts";
import { whole } from "../numbers.ts";
import { isKnown, NOT_MEASURED, sentence } from "./words.ts";

/** How often people were called, when, and for nothing. */
export function pagesSection(data: ReportData): ReportSection {
  const { incidents, period } = data;
  const title = "Pages and noise";
  if (!incidents.ok)
    return {
      title,
      blocks: [sentence(`${incidents.reason}. How often people were called is ${NOT_MEASURED}.`)],
    };
  const { list } = incidents.value;
  if (list.length === 0 && !isKnown(data)) {
    return {
      title,
      blocks: [sentence("No page is known, and nothing was measured that could have led to one.")],
    };
  }
  const pages = list.filter(({ severity }) => severity === "page");
  const nights = list.filter((one) => isAtNight(one, period.timeZone));
  const noise = list.filter(isNoise);
  const messages = list.reduce((sum, one) => sum + one.messages, 0);
  const figure = (name: string, value: number, bad: boolean): ReportFigure => ({
    name,
    value: whole(value),
    tone: bad ? "bad" : "plain",
  });
  return {
    title,
    blocks: [
      {
        kind: "figures",
        figures: [
          figure("Pages", pages.length, false),
          figure("At night or on a weekend", nights.length, nights.length > 0),
          figure("Over before anybody looked", noise.length, noise.length > 0),
          figure("Messages sent", messages, false),
        ],
      },
    ],
  };
}
