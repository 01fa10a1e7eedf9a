import type {
  ReportBlock,
  ReportCell,
  ReportDocument,
  ReportFigure,
  ReportNotice,
  ReportSection,
  Tone,
} from "@watchkeeper/catalogue/report-document";
import type { Kept } from "./availability.ts";
import { barChart, columnChart } from "./chart.ts";
import type { IncidentCost, ReportData } from "./data.ts";
import { decisionsOf, isAtNight, isNoise } from "./decisions.ts";
import { duration, percent, several, trend, whole } from "./numbers.ts";
import { endOf, longDay, periodInWords, shortDay, startOf } from "./period.ts";

const NOT_MEASURED = "not measured";
const BAD = "#c92a2a";
const WARN = "#e08700";
const GOOD = "#2b8a3e";

const cell = (text: string, tone?: Tone): ReportCell => (tone === undefined ? { text } : { text, tone });
const sentence = (text: string): ReportBlock => ({ kind: "text", text });
const column = (title: string, numeric = true) => ({ title, numeric });

/** Digits that tell a share from the promise it is compared with. */
const digitsOf = (objective: number): number => Math.max(1, Math.ceil(-Math.log10(1 - objective)) - 1);

/** Less than two evaluations may be missing at a period's ends without anybody having missed anything. */
const isWholly = ({ notMeasuredSeconds }: Kept): boolean => notMeasuredSeconds < 60;
const isMeasured = (kept: Kept, seconds: number): boolean => kept.notMeasuredSeconds < seconds - 60;

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

function availabilitySection(data: ReportData): ReportSection {
  const { kept, failing, period, toMs } = data;
  const title = "What was promised, and kept";
  if (!kept.ok)
    return { title, blocks: [sentence(`${kept.reason}. Whether promises were kept is ${NOT_MEASURED}.`)] };
  const seconds = (toMs - startOf(period)) / 1_000;
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

function costWords({ promise, errors, budgetShare }: IncidentCost, kind: string): string {
  if (!promise) return "no promise was hurt";
  return `${several(errors, "event")} went wrong, ${percent(budgetShare, 0)} of the ${kind}'s budget of ${promise.name}`;
}

/** Whether anything was measured: where nothing was, no news is no good news. */
const isKnown = ({ kept, period, toMs }: ReportData): boolean =>
  kept.ok && kept.value.some((one) => isMeasured(one, (toMs - startOf(period)) / 1_000));

function incidentsSection(data: ReportData): ReportSection {
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
          costs.value.find(({ incident }) => incident.number === number) ?? {
            incident: list[0] as never,
            promise: undefined,
            errors: 0,
            budgetShare: 0,
          },
          period.kind,
        )
      : NOT_MEASURED;
  const shown = [...list]
    .sort(
      (a, b) => Number(b.severity === "page") - Number(a.severity === "page") || a.startedAt - b.startedAt,
    )
    .slice(0, 12);
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

function pagesSection(data: ReportData): ReportSection {
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

const ms = (seconds: number): string => duration(seconds);

function responseTimesSection({ responseTimes, period }: ReportData): ReportSection {
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
      : `${ms(p95Before)} in the ${period.kind} before`;
  return {
    title,
    blocks: [
      {
        kind: "figures",
        figures: [
          { name: "Half of all requests within", value: ms(median), tone: "plain" },
          {
            name: "95 of 100 requests within",
            value: ms(p95),
            trend: compared,
            tone: slower ? "bad" : "plain",
          },
        ],
      },
      columnChart(
        "Time within which 95 of 100 requests were answered, each day",
        "95 of 100 requests were answered within",
        period.days.map((day, i) => ({ label: shortDay(day), value: p95ByDay[i] })),
        (value) => (value === 0 ? "0" : ms(value)),
        "#0c8599",
      ),
      ...(slowest.length > 0
        ? [sentence(`Slowest: ${slowest.map(({ name, p95: time }) => `${name} (${ms(time)})`).join("; ")}.`)]
        : []),
    ],
  };
}

function businessSection({ business, before, period, toMs }: ReportData): ReportSection {
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

function noticesOf({ period, toMs, kept, business, dropped }: ReportData): readonly ReportNotice[] {
  const notices: ReportNotice[] = [];
  if (business.ok && business.value.demo) {
    notices.push({ kind: "demo", text: "Demo data: these figures include made-up companies and people." });
  }
  const missing = (text: string): number => notices.push({ kind: "not-measured", text });
  if (toMs < endOf(period))
    missing(`This ${period.kind} is not over: the figures end when the report was made.`);
  if (kept.ok) {
    const longest = Math.max(
      0,
      ...kept.value.filter((one) => !isWholly(one)).map((one) => one.notMeasuredSeconds),
    );
    const all = (toMs - startOf(period)) / 1_000;
    if (longest >= all - 60)
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
  const { kept, incidents, business, period, toMs } = data;
  const seconds = (toMs - startOf(period)) / 1_000;
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
    const pages = incidents.value.list.filter(({ severity }) => severity === "page").length;
    words.push(
      `There ${incidents.value.list.length === 1 ? "was" : "were"} ${several(incidents.value.list.length, "incident")}, ${several(pages, "page")} among them.`,
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
