import type { Preset, Slo } from "@watchkeeper/catalogue/slo";
import type { Output } from "../exchange/commands.ts";
import { type Judged, type Page, pagesIn, ticketsIn } from "./page-judge.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import { loadPasts, type RecordedPast } from "./recorded-past.ts";
import type { Sent } from "./verdict.ts";

export interface BacktestArgs {
  readonly slo: Slo;
  readonly days: number;
  /** The end of the stretch that is looked at, in Unix seconds. */
  readonly to: number;
  /** What a changed promise would say; what is left out stays. */
  readonly changed?: { readonly objective?: number; readonly preset?: Preset };
  /** How far apart the looks are, in seconds: a minute unless said otherwise. */
  readonly step?: number;
}

const MINUTE = 60;
const DAY = 86_400;

/** A time in which one of the two, or both, would have paged. */
interface Compared {
  readonly before: readonly Page[];
  readonly after: readonly Page[];
}

const earliest = (pages: readonly Page[]): number => Math.min(...pages.map(({ from }) => from));
const latest = (pages: readonly Page[]): number => Math.max(...pages.map(({ to }) => to));

/** Pages that overlap are about the same trouble. */
export function compare(before: readonly Page[], after: readonly Page[]): readonly Compared[] {
  const all = [
    ...before.map((page) => ({ page, side: "before" as const })),
    ...after.map((page) => ({ page, side: "after" as const })),
  ].sort((a, b) => a.page.from - b.page.from);
  const compared: { before: Page[]; after: Page[] }[] = [];
  for (const { page, side } of all) {
    const last = compared.at(-1);
    if (last && page.from < latest([...last.before, ...last.after])) last[side].push(page);
    else compared.push({ before: [], after: [], [side]: [page] });
  }
  return compared;
}

const time = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().replace("T", " ").slice(0, 16);

const describe = (pages: readonly Page[]): string => {
  const [first] = pages;
  if (!first) return "no page";
  const more = pages.length > 1 ? `, ${pages.length} times` : "";
  return `${time(first.from).slice(11)}, ${first.tier} tier, ${(first.spent * 100).toFixed(1)} % spent${more}`;
};

const promised = ({ objective, preset }: Judged): string =>
  `${Number((objective * 100).toPrecision(12))} % ${preset}`;

const minutesOf = (pages: readonly Page[]): string =>
  `${Math.round((latest(pages) - earliest(pages)) / MINUTE)} min`;

/** A table in Markdown, as a pull request shows it. */
function renderTable(compared: readonly Compared[], before: Judged, after: Judged | undefined): string {
  const rows = compared.map((each) => {
    const all = [...each.before, ...each.after];
    const cells = [time(earliest(all)), minutesOf(all), describe(each.before)];
    return [...cells, ...(after ? [describe(each.after)] : [])];
  });
  const head = ["Began (UTC)", "Lasted", promised(before), ...(after ? [promised(after)] : [])];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const count = (pages: readonly Page[]): string => `${pages.length} page${pages.length === 1 ? "" : "s"}`;

/** How much of a stretch was recorded: pages that would have come in the rest are not known. */
function recordedShare(past: RecordedPast, from: number): number {
  const steps = past.events.slice(Math.ceil((from - past.from) / past.step));
  return steps.filter((value) => !Number.isNaN(value)).length / Math.max(1, steps.length);
}

const recordedIn =
  ({ from: begin, step, events }: RecordedPast) =>
  (from: number, to: number): boolean =>
    events
      .slice(Math.max(0, Math.floor((from - begin) / step)), Math.max(0, Math.ceil((to - begin) / step) + 1))
      .some((value) => !Number.isNaN(value));

const sentBy = (slo: Slo, group: string, past: RecordedPast, from: number): Sent => ({
  slo,
  group,
  pages: slo.urgency === "page" ? pagesIn(past, slo, from) : [],
  tickets: ticketsIn(past, slo, from),
  recorded: recordedIn(past),
});

/** What a promise would have sent, and what it would if it were changed, to whomever it is made. */
export interface Backtested {
  readonly before: readonly Sent[];
  readonly after: readonly Sent[];
}

/**
 * Writes which pages a promise would have sent on its recorded past, and which it would if it were changed.
 * @throws Error when nothing was recorded, and for a promise over a calendar
 */
export async function backtest(args: BacktestArgs, api: PrometheusApi, output: Output): Promise<Backtested> {
  const { slo, days, changed } = args;
  if (slo.calendar) {
    throw new Error(
      `Cannot judge the past of "${slo.name}" as it must hold over rolling days: found a calendar`,
    );
  }
  const step = args.step ?? MINUTE;
  const to = Math.floor(args.to / step) * step;
  const from = to - days * DAY;
  // A budget looks back over its whole window.
  const pasts = await loadPasts(api, slo, from - slo.days * DAY, to, step);
  const after = changed && { ...slo, ...changed };
  const pagesNobody = slo.urgency === "page" ? "" : ", were it one that pages";
  for (const [group, past] of pasts) {
    const [was, would] = [pagesIn(past, slo, from), after ? pagesIn(past, after, from) : []];
    output(
      `${slo.name}${group === "" ? "" : ` of ${group}`}${pagesNobody}, ${time(from)} to ${time(to)} UTC, ` +
        `${(recordedShare(past, from) * 100).toFixed(1)} % of it recorded: ` +
        `${count(was)}${after ? ` before, ${would.length} after` : ""}\n`,
    );
    const compared = compare(was, would);
    if (compared.length > 0) output(`\n${renderTable(compared, slo, after)}\n`);
  }
  const sent = (judged: Slo): readonly Sent[] =>
    [...pasts].map(([group, past]) => sentBy(judged, group, past, from));
  return { before: sent(slo), after: after ? sent(after) : [] };
}
