import type { ReportBlock, ReportCell, ReportSection } from "@watchkeeper/catalogue/report-document";
import type { Kept } from "../availability.ts";
import { barChart } from "../chart.ts";
import type { ReportData } from "../data.ts";
import { duration, percent, several, whole } from "../numbers.ts";
import { longDay } from "../period.ts";
import { cell, column, isMeasured, isWholly, NOT_MEASURED, secondsOf, sentence } from "./words.ts";

const BAD = "#c92a2a";
const WARN = "#e08700";
const GOOD = "#2b8a3e";

/** Digits that tell a share from the promise it is compared with. */
const digitsOf = (objective: number): number => Math.max(1, Math.ceil(-Math.log10(1 - objective)) - 1);

function keptWords(kept: Kept, seconds: number): ReportCell {
  if (!isMeasured(kept, seconds)) return cell(NOT_MEASURED);
  if (kept.compliance === undefined) return cell("nothing to keep");
  const broken = kept.budgetSpent > 1;
  return cell(percent(kept.compliance, digitsOf(kept.promise.objective) + 1), broken ? "bad" : "good");
}

/** The day on which most of a budget went, where there is one. */
function worstDay({ errorsByDay }: Kept, days: readonly string[]): string {
  const total = errorsByDay.reduce((sum, errors) => sum + errors, 0);
  const most = Math.max(0, ...errorsByDay);
  const day = days[errorsByDay.indexOf(most)];
  return most > 0 && most / total >= 0.5 && day !== undefined
    ? `, ${most === total ? "all" : percent(most / total, 0)} of it on ${longDay(day)}`
    : "";
}

/** Each promise: what was kept of it, what its budget went to, and what nobody measured. */
export function availabilitySection(data: ReportData): ReportSection {
  const { kept, failing, period } = data;
  const title = "What was promised, and kept";
  if (!kept.ok)
    return { title, blocks: [sentence(`${kept.reason}. Whether promises were kept is ${NOT_MEASURED}.`)] };
  const seconds = secondsOf(data);
  const measured = kept.value.filter((one) => isMeasured(one, seconds));
  const spent = measured.filter(({ events, errors }) => events > 0 && errors > 0);
  const ranked = [...spent].sort((a, b) => b.budgetSpent - a.budgetSpent);
  const colour = (share: number): string => (share > 1 ? BAD : share > 0.75 ? WARN : GOOD);
  const blocks: ReportBlock[] = [
    {
      kind: "table",
      columns: [
        column("Promise", false),
        column("Promised"),
        column("Kept"),
        column("Budget spent"),
        column("Not measured"),
      ],
      rows: kept.value.map((one) => [
        cell(one.promise.promise),
        cell(percent(one.promise.objective, digitsOf(one.promise.objective))),
        keptWords(one, seconds),
        cell(
          isMeasured(one, seconds) && one.events > 0 ? percent(one.budgetSpent, 0) : "–",
          one.budgetSpent > 1 ? "bad" : undefined,
        ),
        cell(
          isWholly(one) ? "–" : !isMeasured(one, seconds) ? "all of it" : duration(one.notMeasuredSeconds),
        ),
      ]),
    },
  ];
  const planned = kept.value.filter(({ maintenanceSeconds }) => maintenanceSeconds > 0);
  if (planned.length > 0) {
    const longest = Math.max(...planned.map(({ maintenanceSeconds }) => maintenanceSeconds));
    blocks.push(sentence(`Planned maintenance of ${duration(longest)} is not counted against the promises.`));
  }
  if (ranked.length > 0) {
    blocks.push(
      barChart(
        `Budget spent of ${several(ranked.length, "promise")}`,
        `Share of the ${period.kind}'s budget that was spent`,
        ranked.slice(0, 8).map(({ promise, budgetSpent }) => ({
          label: promise.name,
          share: budgetSpent,
          words: percent(budgetSpent, 0),
          colour: colour(budgetSpent),
        })),
      ),
      {
        kind: "list",
        items: ranked
          .slice(0, 3)
          .map(
            (one) =>
              `${one.promise.name}: ${several(one.errors, "event")} of ${whole(one.events)} went wrong${worstDay(one, period.days)}.`,
          ),
      },
    );
  }
  if (failing.ok && failing.value.length > 0) {
    const words = failing.value.map(({ name, errors }) => `${name} (${several(errors, "time")})`);
    blocks.push(sentence(`What failed by our fault most often: ${words.join("; ")}.`));
  } else if (failing.ok && measured.some(({ events }) => events > 0)) {
    blocks.push(sentence("No request failed by our fault."));
  }
  return { title, blocks };
}
