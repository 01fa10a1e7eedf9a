import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";

/** A month of raw histograms is read in one query. */
const TIMEOUT_MS = 60_000;

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks Prometheus. Rejects with one sentence while it is away or refuses. */
export interface Prometheus {
  /** @param at Unix seconds */
  query(expression: string, at: number): Promise<readonly Sample[]>;
  /** Of an expression with one value; undefined where it has none. */
  ask(expression: string, at: number): Promise<number | undefined>;
  /** @param times Unix seconds, `step` seconds apart. @returns for each of them what `query` would say */
  queryRange(
    expression: string,
    times: readonly number[],
    step: number,
  ): Promise<readonly (readonly Sample[])[]>;
}

const metric = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const answerOf = <T extends z.ZodRawShape>(series: T) =>
  z.object({ data: z.object({ result: z.array(z.object({ metric, ...series })) }) });
const vector = answerOf({ value: point });
const matrix = answerOf({ values: z.array(point) });

/** @param url where it listens, without a slash at the end */
export function createPrometheus(url: string, signal?: AbortSignal): Prometheus {
  async function post<T>(path: string, form: Record<string, string>, schema: z.ZodType<T>): Promise<T> {
    const body = new URLSearchParams({ ...form, timeout: `${TIMEOUT_MS}ms` });
    const init = { method: "POST", body, ...(signal && { signal }) };
    const parsed = schema.safeParse(
      await fetchJson("Prometheus", `${url}/api/v1/${path}`, init, TIMEOUT_MS + 2_000),
    );
    if (!parsed.success) throw new Error("Prometheus answers in a form that is not understood");
    return parsed.data;
  }
  const query: Prometheus["query"] = async (expression, at) => {
    const { data } = await post("query", { query: expression, time: String(at) }, vector);
    return data.result.map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) }));
  };
  return {
    query,
    ask: async (expression, at) => (await query(expression, at))[0]?.value,
    async queryRange(expression, times, step) {
      const [start = 0, end = start] = [times[0], times.at(-1)];
      const form = { query: expression, start: String(start), end: String(end), step: String(step) };
      const { data } = await post("query_range", form, matrix);
      return times.map((time) =>
        data.result.flatMap(({ metric, values }) =>
          values
            .filter(([at]) => Math.abs(at - time) < step / 2)
            .map(([, text]) => ({ labels: metric, value: Number(text) })),
        ),
      );
    },
  };
}
