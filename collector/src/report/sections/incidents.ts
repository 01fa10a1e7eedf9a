import type { ReportBlock, ReportSection } from "@watchkeeper/catalogue/report-document";
import type { IncidentCost, ReportData } from "../data.ts";
import { duration, percent, several } from "../numbers.ts";
import { cell, column, isKnown, NOT_MEASURED, sentence } from "./words.ts";

const MAX_SHOWN = 12;

function costWords(cost: IncidentCost | undefined, kind: string): string {
  if (!cost?.promise) return "no promise was hurt";
  const { promise, errors, budgetShare } = cost;
  return `${several(errors, "event")} went wrong, ${percent(budgetShare, 0)} of the ${kind}'s budget of ${promise.name}`;
}

/** The incidents of the period, those that paged first, each with what went wrong meanwhile. */
export function incidentsSection(data: ReportData): ReportSection {
  const { incidents, period, toMs } = data;
  const title = "Incidents, and what they cost";
  if (!incidents.ok)
    return {
      title,
      blocks: [sentence(`${incidents.reason}. Incidents of this ${period.kind} are not known.`)],
    };
  const { list, costs, cut } = incidents.value;
  if (list.length === 0) {
    const none = isKnown(data)
      ? `There was no incident in this ${period.kind}.`
      : `No incident is known, and nothing was measured that could have led to one.`;
    return { title, blocks: [sentence(none)] };
  }
  const costOf = (number: number): string =>
    costs.ok
      ? costWords(
          costs.value.find(({ incident }) => incident.number === number),
          period.kind,
        )
      : NOT_MEASURED;
  const shown = [...list]
    .sort(
      (a, b) => Number(b.severity === "page") - Number(a.severity === "page") || a.startedAt - b.startedAt,
    )
    .slice(0, MAX_SHOWN);
  const blocks: ReportBlock[] = [
    {
      kind: "table",
      columns: [column("Incident", false), column("Lasted"), column("Cost", false)],
      rows: shown.map(({ number, title: name, severity, startedAt, resolvedAt }) => [
        cell(`#${number} ${name}`, severity === "page" ? "bad" : undefined),
        cell(resolvedAt === null ? "still open" : duration((Math.min(resolvedAt, toMs) - startedAt) / 1_000)),
        cell(costOf(number)),
      ]),
    },
  ];
  if (list.length > shown.length)
    blocks.push(sentence(`And ${several(list.length - shown.length, "incident")} more.`));
  if (cut)
    blocks.push(
      sentence("There were more incidents than the pager tells of at once; the oldest are missing here."),
    );
  if (costs.ok) {
    blocks.push(
      sentence(
        "Each cost is what went wrong while the incident lasted; incidents at the same time share it.",
      ),
    );
  }
  return { title, blocks };
}
