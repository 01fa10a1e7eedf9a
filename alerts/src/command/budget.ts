import { nominalDays, periodAt } from "@watchkeeper/catalogue/calendar";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { type Slo, windowOf } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { parseOptions, prometheusFrom, selectSlos } from "./options.ts";
import { renderShare, renderSpan, renderTable } from "./table.ts";

const TIMEOUT_MS = 10_000;

/** The newest values of promises, by `slo` and, where they are made to several, by to whom; see `keyOf`. */
type Values = ReadonlyMap<string, number>;

/** Names what a series is about: one promise, or one of those to whom it is made. */
const keyOf = (slo: string, group = ""): string => JSON.stringify([slo, group]);

/** To whom each promise that is made to several is made, by the promise's name. */
type Groups = ReadonlyMap<string, readonly string[]>;

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: [number, string];
    }[];
  };
}

/** The labels by which some promise tells apart to whom it is made. */
const GROUP_LABELS = new Set(slos.flatMap(({ per }) => (per ? [per.label as string] : [])));

const groupIn = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels).find(([label]) => GROUP_LABELS.has(label))?.[1] ?? "";

/** @throws CommandError when Prometheus is away or refuses */
async function ask(prometheus: URL, query: string): Promise<Values> {
  const url = new URL(`${prometheus.href.replace(/\/$/, "")}/api/v1/query`);
  url.searchParams.set("query", query);
  let answer: Answer;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    answer = (await response.json()) as Answer;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    throw new CommandError(
      `Cannot ask Prometheus at ${prometheus.origin} as ${cause?.code ?? message}: ` +
        "start it with npm start, or name another one with --prometheus",
    );
  }
  const { result } = answer.data ?? {};
  if (answer.status !== "success" || !Array.isArray(result)) {
    const reason = answer.error ?? "its answer is none of Prometheus";
    throw new CommandError(`Cannot read the budgets at ${prometheus.origin} as ${reason}`);
  }
  return new Map(
    result.map(({ metric, value }) => [keyOf(metric.slo ?? "", groupIn(metric)), Number(value[1])]),
  );
}

/** Seconds until a budget is spent at the pace of the last hour; undefined when it never is. */
export function exhaustedIn(left: number, burnRate: number, days: number): number | undefined {
  if (left <= 0) return 0;
  return burnRate > 0 ? (left * days * 86_400) / burnRate : undefined;
}

/**
 * When a budget will be gone, in words. A budget over a calendar is whole again when the next period begins.
 * @param now in Unix seconds
 */
export function renderExhaustion(
  { days, calendar }: Pick<Slo, "days" | "calendar">,
  left: number,
  burnRate: number,
  now: number,
): string {
  const gone = exhaustedIn(left, burnRate, calendar ? nominalDays[calendar.each] : days);
  if (gone === 0) return "exhausted";
  if (gone === undefined) return "not at this pace";
  if (calendar && now + gone >= periodAt(calendar, now).to) return `not this ${calendar.each}`;
  return `in ${renderSpan(gone)}`;
}

/** What is known of one promise. */
interface Measured {
  readonly events: Values;
  readonly left: Values;
  readonly lastHour: Values;
  readonly lastSixHours: Values;
}

const promisedOf = (slo: Slo): string => {
  const over = slo.calendar ? `a ${windowOf(slo)}` : `${slo.days} d`;
  return `${Number((slo.objective * 100).toPrecision(6))}% of ${over}`;
};

function rowOf(slo: Slo, group: string, measured: Measured, now: number): readonly string[] {
  const key = keyOf(slo.name, group);
  const title = group === "" ? slo.name : `  ${group}`;
  const left = measured.left.get(key);
  const burnRate = measured.lastHour.get(key);
  if (!measured.events.get(key) || left === undefined || burnRate === undefined) {
    return [title, promisedOf(slo), "not measured", "-", "-", "-"];
  }
  return [
    title,
    group === "" ? promisedOf(slo) : "",
    renderShare(left),
    burnRate.toFixed(2),
    measured.lastSixHours.get(key)?.toFixed(2) ?? "-",
    renderExhaustion(slo, left, burnRate, now),
  ];
}

/** To whom promises are made, whoever has least left first. */
function groupsOf(promises: readonly Slo[], left: Values): Groups {
  const groups = new Map<string, string[]>();
  const inOrder = [...left].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  for (const [key] of inOrder) {
    const [slo = "", group = ""] = JSON.parse(key) as string[];
    if (group !== "") groups.set(slo, [...(groups.get(slo) ?? []), group]);
  }
  // One more than are told apart, for `other`: rules of an hour ago may have told others apart.
  return new Map(
    promises.flatMap(({ name, per }) =>
      per ? [[name, (groups.get(name) ?? []).slice(0, per.atMost + 1)]] : [],
    ),
  );
}

function rowsOf(slo: Slo, groups: Groups, measured: Measured, now: number): readonly (readonly string[])[] {
  const mine = groups.get(slo.name);
  if (mine === undefined || mine.length === 0) return [rowOf(slo, "", measured, now)];
  const head = [slo.name, promisedOf(slo), `to each of ${mine.length}`, "", "", ""];
  return [head, ...mine.map((group) => rowOf(slo, group, measured, now))];
}

/** `npm run slo -- budget`: what is left of each promise's budget, how fast it burns and when it will be gone. */
export const showBudget: Command = async (args, env, print) => {
  const options = parseOptions("budget", args, ["prometheus", "slo"]);
  const promises = selectSlos(options.slo);
  const prometheus = prometheusFrom(options.prometheus, env.WATCHKEEPER_PORT_BASE);
  const [events, left, lastHour, lastSixHours] = await Promise.all(
    [sloSeries.eventsCumulative, sloSeries.budgetRemaining, sloSeries.burnRate1h, sloSeries.burnRate6h].map(
      (name) => ask(prometheus, name),
    ),
  );
  if (!events || !left || !lastHour || !lastSixHours) throw new Error("Prometheus was asked four things");
  const measured = { events, left, lastHour, lastSixHours };
  const groups = groupsOf(promises, left);
  const now = Date.now() / 1_000;
  print(
    renderTable([
      ["SLO", "promised", "budget left", "burn rate 1h", "6h", "exhausted"],
      ...promises.flatMap((slo) => rowsOf(slo, groups, measured, now)),
    ]),
  );
};
