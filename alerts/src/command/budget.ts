import { sloSeries } from "@watchkeeper/catalogue/names";
import type { Slo } from "@watchkeeper/catalogue/slo";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { parseOptions, prometheusFrom, selectSlos } from "./options.ts";
import { renderShare, renderSpan, renderTable } from "./table.ts";

const TIMEOUT_MS = 10_000;

/** The newest value of each promise, by its name. */
type Values = ReadonlyMap<string, number>;

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly {
      readonly metric: { readonly slo?: string };
      readonly value: [number, string];
    }[];
  };
}

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
  return new Map(result.map(({ metric, value }) => [metric.slo ?? "", Number(value[1])]));
}

/** Seconds until a budget is spent at the pace of the last hour; undefined when it never is. */
export function exhaustedIn(left: number, burnRate: number, days: number): number | undefined {
  if (left <= 0) return 0;
  return burnRate > 0 ? (left * days * 86_400) / burnRate : undefined;
}

/** What is known of one promise. */
interface Measured {
  readonly events: Values;
  readonly left: Values;
  readonly lastHour: Values;
  readonly lastSixHours: Values;
}

function rowOf({ name, objective, days }: Slo, measured: Measured): readonly string[] {
  const promised = `${Number((objective * 100).toPrecision(6))}% of ${days} d`;
  const left = measured.left.get(name);
  const burnRate = measured.lastHour.get(name);
  if (!measured.events.get(name) || left === undefined || burnRate === undefined) {
    return [name, promised, "not measured", "-", "-", "-"];
  }
  const gone = exhaustedIn(left, burnRate, days);
  return [
    name,
    promised,
    renderShare(left),
    burnRate.toFixed(2),
    measured.lastSixHours.get(name)?.toFixed(2) ?? "-",
    gone === 0 ? "exhausted" : gone === undefined ? "not at this pace" : `in ${renderSpan(gone)}`,
  ];
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
  print(
    renderTable([
      ["SLO", "promised", "budget left", "burn rate 1h", "6h", "exhausted"],
      ...promises.map((slo) => rowOf(slo, measured)),
    ]),
  );
};
