import type { ReportDocument, ReportNotice } from "@watchkeeper/catalogue/report-document";
import type { ReportData } from "./data.ts";
import { decisionsOf } from "./decisions.ts";
import { duration, several } from "./numbers.ts";
import { endOf, periodInWords, startOf } from "./period.ts";
import { availabilitySection } from "./sections/availability.ts";
import { businessSection } from "./sections/business.ts";
import { incidentsSection } from "./sections/incidents.ts";
import { pagesSection } from "./sections/pages.ts";
import { responseTimesSection } from "./sections/response-times.ts";
import { isKnown, isMeasured, isWholly, NOT_MEASURED, secondsOf, sentence } from "./sections/words.ts";

function noticesOf(data: ReportData): readonly ReportNotice[] {
  const { period, toMs, kept, business, dropped } = data;
  const notices: ReportNotice[] = [];
  if (business.ok && business.value.demo) {
    notices.push({ kind: "demo", text: "Demo data: these figures include made-up companies and people." });
  }
  const missing = (text: string): number => notices.push({ kind: "not-measured", text });
  if (toMs < endOf(period))
    missing(`This ${period.kind} is not over: the figures end when the report was made.`);
  if (kept.ok) {
    const seconds = secondsOf(data);
    const partly = kept.value.filter((one) => !isWholly(one));
    const longest = Math.max(0, ...partly.map((one) => one.notMeasuredSeconds));
    if (partly.some((one) => !isMeasured(one, seconds)))
      missing(`Some promises were ${NOT_MEASURED} at all. Time that nobody measured is not counted as good.`);
    else if (longest > 0) {
      missing(
        `Promises were ${NOT_MEASURED} for up to ${duration(longest)}. Time that nobody measured is not counted as good.`,
      );
    }
  }
  if (
    business.ok &&
    business.value.measuredFromMs > startOf(period) &&
    business.value.measuredFromMs < toMs
  ) {
    const from = new Intl.DateTimeFormat("en-GB", {
      timeZone: period.timeZone,
      dateStyle: "long",
      timeStyle: "short",
    }).format(business.value.measuredFromMs);
    missing(`How the directory was used is known from ${from} on.`);
  }
  if (dropped.ok && dropped.value > 0) {
    missing(
      `${several(dropped.value, "event")} of use could not be stored: business figures are that much too low.`,
    );
  }
  return notices;
}

function summaryOf(data: ReportData, decisions: number): string {
  const { kept, incidents, business, toMs } = data;
  const seconds = secondsOf(data);
  const words: string[] = [];
  const judged = kept.ok ? kept.value.filter((one) => isMeasured(one, seconds) && one.events > 0) : [];
  const broken = judged.filter(({ budgetSpent }) => budgetSpent > 1);
  const of = kept.ok ? kept.value.length : 0;
  if (judged.length === 0) words.push(`Whether promises were kept is ${NOT_MEASURED}.`);
  else if (broken.length === 0) {
    words.push(
      judged.length === of
        ? `All ${of} promises were kept.`
        : `All ${several(judged.length, "promise")} that had something to keep were kept; ${of - judged.length} had not.`,
    );
  } else {
    words.push(
      `${broken.length} of ${judged.length} promises ${broken.length === 1 ? "was" : "were"} broken: ${broken.map(({ promise }) => promise.name).join(", ")}.`,
    );
  }
  if (incidents.ok && (isKnown(data) || incidents.value.list.length > 0)) {
    const { list } = incidents.value;
    const pages = list.filter(({ severity }) => severity === "page").length;
    words.push(
      list.length === 0
        ? "There was no incident."
        : `There ${list.length === 1 ? "was" : "were"} ${several(list.length, "incident")}, ${several(pages, "page")} among them.`,
    );
  }
  if (business.ok && business.value.measuredFromMs < toMs) {
    words.push(`${several(business.value.people, "person", "people")} used the directory.`);
  }
  words.push(
    decisions === 0
      ? "Nothing needs a decision."
      : `${several(decisions, "thing needs", "things need")} a decision.`,
  );
  return words.join(" ");
}

/** Puts a report into words and pictures. */
export function writeReport(data: ReportData): ReportDocument {
  const { period } = data;
  const decisions = decisionsOf(data);
  const days = periodInWords(period);
  return {
    kind: period.kind,
    period: period.name,
    title: `The ${period.kind} of the Company Directory, ${period.name}`,
    subtitle: `${days}, ${period.timeZone}`,
    summary: summaryOf(data, decisions.length),
    notices: noticesOf(data),
    sections: [
      {
        title: "What needs a decision",
        blocks: [decisions.length > 0 ? { kind: "list", items: decisions } : sentence("Nothing this time.")],
      },
      availabilitySection(data),
      incidentsSection(data),
      pagesSection(data),
      responseTimesSection(data),
      businessSection(data),
    ],
  };
}
