import { sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";

/** Latest values of a recorded series by promise. @throws Error that says what to do when Prometheus does not answer */
async function read(prometheus: string, name: string): Promise<ReadonlyMap<string, number>> {
  const url = new URL("/api/v1/query", prometheus);
  url.searchParams.set("query", name);
  let body: unknown;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    body = await response.json();
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`Cannot read budgets as Prometheus at ${prometheus} does not answer: ${reason}`);
  }
  const result = (body as { data?: { result?: unknown } }).data?.result;
  if (!Array.isArray(result)) {
    throw new Error(
      `Cannot read budgets as ${prometheus} is no Prometheus: ${JSON.stringify(body).slice(0, 100)}`,
    );
  }
  const samples = result as readonly { metric: { slo?: string }; value: readonly [number, string] }[];
  return new Map(samples.map(({ metric, value }) => [metric.slo ?? "", Number(value[1])]));
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** A table of what is left of every promise's budget now. */
export async function renderBudgets(prometheus: string): Promise<string> {
  const [left, hour, quarter, allowed] = await Promise.all(
    [sloSeries.budgetRemaining, sloSeries.burnRate1h, sloSeries.burnRate6h, sloSeries.budgetEvents].map(
      (name) => read(prometheus, name),
    ),
  );
  const show = (values: ReadonlyMap<string, number> | undefined, name: string, as: (v: number) => string) => {
    const value = values?.get(name);
    return value === undefined ? "unknown" : as(value);
  };
  const rows = slos.map(
    ({ name, objective }) =>
      `| ${name} | ${percent(objective)} | ${show(left, name, percent)} | ${show(hour, name, (v) => v.toFixed(2))} | ` +
      `${show(quarter, name, (v) => v.toFixed(2))} | ${show(allowed, name, (v) => v.toFixed(1))} |`,
  );
  return [
    "| Promise | Objective | Budget left | Burn rate over 1 h | over 6 h | Errors allowed |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
