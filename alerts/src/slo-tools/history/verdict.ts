import type { Slo } from "@watchkeeper/catalogue/slo";
import { renderShare, renderSpan } from "../../command/table.ts";
import { concerns, type LabelledIncident } from "./incidents.ts";
import type { Page } from "./page-judge.ts";

/** What a promise would have sent on its past. */
export interface Sent {
  readonly slo: Slo;
  /** To whom the promise is made where it is made to several, and `""` otherwise. */
  readonly group: string;
  /** None for a promise that never pages. */
  readonly pages: readonly Page[];
  readonly tickets: readonly Page[];
  /** Whether anything was recorded from one time to another, in Unix seconds. */
  readonly recorded: (from: number, to: number) => boolean;
}

/** Rules see a trouble some time after it began: what fires this long after an incident's end is still about it. */
const LATE = 10 * 60;
/** People write begins down by heart: what fired so shortly before is about the incident too. */
const EARLY = 5 * 60;

/** A page that still fires is in front of people; a ticket may lie there for days, and says nothing of what comes then. */
const isAbout = ({ from, to }: LabelledIncident, page: Page, of: "pages" | "tickets" = "pages"): boolean =>
  page.from <= to + LATE && (of === "pages" ? page.to : page.from) > from - EARLY;

interface First {
  readonly sent: Sent;
  readonly page: Page;
}

/** How an incident was noticed; `unrecorded` where no promise that it broke was watched. */
export type Finding =
  | { readonly how: "page" | "ticket"; readonly after: number; readonly by: First }
  | { readonly how: "missed" | "unrecorded" };

function earliest(
  incident: LabelledIncident,
  all: readonly Sent[],
  of: "pages" | "tickets",
): First | undefined {
  const found = all.flatMap((sent) =>
    sent[of].filter((page) => isAbout(incident, page, of)).map((page) => ({ sent, page })),
  );
  return found.sort((a, b) => a.page.from - b.page.from)[0];
}

/** How soon an incident would have been noticed, and by what. */
export function findingOf(incident: LabelledIncident, all: readonly Sent[]): Finding {
  const broken = all.filter(
    ({ slo, recorded }) => concerns(incident, slo) && recorded(incident.from, incident.to),
  );
  if (broken.length === 0) return { how: "unrecorded" };
  for (const [how, of] of [
    ["page", "pages"],
    ["ticket", "tickets"],
  ] as const) {
    const by = earliest(incident, broken, of);
    if (by) return { how, after: Math.max(0, by.page.from - incident.from), by };
  }
  return { how: "missed" };
}

const whose = ({ slo, group }: Sent): string => (group === "" ? slo.name : `${slo.name} of ${group}`);

const describe = (finding: Finding): string => {
  if (!("by" in finding)) return finding.how === "missed" ? "**missed**" : "nothing recorded";
  const { how, after, by } = finding;
  return `${how} after ${renderSpan(after)}, ${whose(by.sent)}, ${by.page.tier} tier`;
};

const time = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().replace("T", " ").slice(0, 16);

const renderRows = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  renderRows([head, head.map(() => "---"), ...rows]);

const ratio = (part: number, of: number): string => (of === 0 ? "-" : renderShare(part / of));

interface Judgement {
  readonly title: string;
  readonly findings: readonly Finding[];
  /** Pages that no incident explains. */
  readonly idle: readonly First[];
  readonly pages: number;
}

function judge(title: string, incidents: readonly LabelledIncident[], all: readonly Sent[]): Judgement {
  const pages = all.flatMap((sent) => sent.pages.map((page) => ({ sent, page })));
  const explained = ({ sent, page }: First): boolean =>
    incidents.some((incident) => concerns(incident, sent.slo) && isAbout(incident, page));
  return {
    title,
    findings: incidents.map((incident) => findingOf(incident, all)),
    idle: pages.filter((each) => !explained(each)).sort((a, b) => a.page.from - b.page.from),
    pages: pages.length,
  };
}

const counted = (findings: readonly Finding[], how: Finding["how"]): number =>
  findings.filter((finding) => finding.how === how).length;

const summaryOf = ({ title, findings, idle, pages }: Judgement): readonly string[] => {
  const paged = counted(findings, "page");
  const tickets = counted(findings, "ticket");
  const missed = counted(findings, "missed");
  return [
    title,
    `${paged}`,
    `${tickets}`,
    `${missed}`,
    ratio(paged, paged + tickets + missed),
    `${pages}`,
    `${idle.length}`,
    ratio(pages - idle.length, pages),
  ];
};

/**
 * What several rules would have made of labelled incidents, as Markdown: how each was noticed, recall (the share of
 * incidents that paged, of those that were recorded) and precision (the share of pages that had an incident), and the
 * pages that had none.
 * @param sides the rules by their title; the first are those of now
 */
export function renderVerdict(
  incidents: readonly LabelledIncident[],
  sides: Readonly<Record<string, readonly Sent[]>>,
): string {
  const judgements = Object.entries(sides).map(([title, all]) => judge(title, incidents, all));
  const titles = judgements.map(({ title }) => title);
  const found = incidents.map((incident, i) => [
    incident.title,
    time(incident.from),
    renderSpan(incident.to - incident.from),
    ...judgements.map(({ findings }) => describe(findings[i] ?? { how: "missed" })),
  ]);
  const idle = judgements.flatMap(({ title, idle }) =>
    idle.map(({ sent, page }) => [
      title,
      time(page.from),
      renderSpan(page.to - page.from),
      whose(sent),
      page.tier,
    ]),
  );
  return [
    table(["Incident", "Began (UTC)", "Lasted", ...titles], found),
    table(
      ["Rules", "paged", "ticket only", "missed", "recall", "pages", "without incident", "precision"],
      judgements.map(summaryOf),
    ),
    ...(idle.length > 0
      ? [table(["Page without incident", "Began (UTC)", "Lasted", "SLO", "Tier"], idle)]
      : []),
  ].join("\n\n");
}
