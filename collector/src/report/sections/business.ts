import type { ReportBlock, ReportFigure, ReportSection } from "@watchkeeper/catalogue/report-document";
import { columnChart } from "../chart.ts";
import type { ReportData } from "../data.ts";
import { duration, percent, several, trend, whole } from "../numbers.ts";
import { shortDay, startOf } from "../period.ts";
import { NOT_MEASURED, sentence } from "./words.ts";

/** How much people used the product, what they said of it, and what they asked support for. */
export function businessSection({ business, before, period, toMs }: ReportData): ReportSection {
  const title = "How people used the directory";
  if (!business.ok)
    return { title, blocks: [sentence(`${business.reason}. Business figures are ${NOT_MEASURED}.`)] };
  const now = business.value;
  if (now.measuredFromMs >= toMs) {
    return {
      title,
      blocks: [
        sentence(
          `How the directory was used is ${NOT_MEASURED} for this ${period.kind}: counting began later.`,
        ),
      ],
    };
  }
  // A period that was measured in part is no measure for the next.
  const earlier =
    before.ok && now.measuredFromMs < startOf(period) - 1_000 * 3_600 ? before.value : undefined;
  const figure = (name: string, value: number, was: number | undefined): ReportFigure => ({
    name,
    value: whole(value),
    trend: trend(value, was, period.kind),
    tone: "plain",
  });
  const { nps, tickets } = now;
  const share = (part: number, of: number): string => (of > 0 ? percent(part / of, 0) : "–");
  const blocks: ReportBlock[] = [
    {
      kind: "figures",
      figures: [
        figure("Different people", now.people, earlier?.people),
        figure("Sign-ins", now.logins, earlier?.logins),
        figure("Searches", now.searches, earlier?.searches),
        figure("Profiles opened", now.views, earlier?.views),
        figure("Profiles updated", now.updates, earlier?.updates),
        {
          name: "Searches that found nobody",
          value: share(now.emptySearches, now.searches),
          ...(earlier && {
            trend: `${share(earlier.emptySearches, earlier.searches)} in the ${period.kind} before`,
          }),
          tone: now.searches >= 50 && now.emptySearches / now.searches > 0.2 ? "bad" : "plain",
        },
      ],
    },
  ];
  const dayValue = (values: readonly number[], i: number): number | undefined =>
    (period.midnights[i + 1] ?? 0) > now.measuredFromMs && (period.midnights[i] ?? 0) < toMs
      ? values[i]
      : undefined;
  const chart = (name: string, values: readonly number[], colour?: string): ReportBlock =>
    columnChart(
      `${name}, each day`,
      `${name}, each day`,
      period.days.map((day, i) => ({ label: shortDay(day), value: dayValue(values, i) })),
      whole,
      colour,
    );
  blocks.push(chart("Different people", now.peopleByDay), chart("Sign-ins", now.loginsByDay, "#5f3dc4"));
  if (nps.responses > 0 && nps.score !== null) {
    blocks.push(
      sentence(
        `${several(nps.responses, "person", "people")} said how likely they would recommend the directory: ` +
          `a net promoter score of ${Math.round(nps.score)} (from −100 to 100).`,
      ),
    );
    if (now.comments.length > 0) {
      blocks.push({
        kind: "list",
        items: now.comments.map(({ score, comment }) => `“${comment}” (${score} of 10)`),
      });
    }
  } else
    blocks.push(sentence("Nobody was asked, or answered, how likely they would recommend the directory."));
  if (tickets.opened + tickets.resolved + now.ticketsOpen > 0) {
    const half =
      tickets.medianSeconds === null ? "" : `, half of them within ${duration(tickets.medianSeconds)}`;
    blocks.push(
      sentence(
        `Support: ${several(tickets.opened, "ticket")} opened, ${whole(tickets.resolved)} resolved${half}, ` +
          `${whole(now.ticketsOpen)} open at the end.`,
      ),
    );
  } else blocks.push(sentence("No support tickets are known."));
  return { title, blocks };
}
