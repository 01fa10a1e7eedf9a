import type { Expr } from "@watchkeeper/catalogue/promql";
import { z } from "zod";
import { fetchJson, UPSTREAM_LIMITS, UpstreamError, type UpstreamLimits } from "./fetch-json.ts";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN where the expression divided nothing by nothing. */
  readonly value: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds and value. */
  readonly points: readonly (readonly [number, number])[];
}

/** Asks Prometheus. Every method rejects with an UpstreamError. */
export interface Prometheus {
  query(expression: Expr, atSeconds: number): Promise<readonly Sample[]>;
  queryRange(
    expression: Expr,
    range: { startSeconds: number; endSeconds: number; stepSeconds: number },
  ): Promise<readonly Series[]>;
}

const point = z.tuple([z.number(), z.string()]).transform(([at, value]) => [at, parseValue(value)] as const);

const parseValue = (text: string): number =>
  text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);

const labels = z.record(z.string(), z.string());
const vector = z.object({
  resultType: z.literal("vector"),
  result: z.array(z.object({ metric: labels, value: point })),
});
const matrix = z.object({
  resultType: z.literal("matrix"),
  result: z.array(z.object({ metric: labels, values: z.array(point) })),
});

export function createPrometheus(url: string, limits: UpstreamLimits = UPSTREAM_LIMITS): Prometheus {
  async function ask<Data extends z.ZodType>(
    path: string,
    parameters: Record<string, string>,
    data: Data,
  ): Promise<z.infer<Data>> {
    const body = new URLSearchParams({ ...parameters, timeout: `${limits.timeoutMs}ms` });
    const answer = await fetchJson("Prometheus", `${url}/api/v1/${path}`, { method: "POST", body }, limits);
    const envelope = z.object({ status: z.literal("success"), data: z.unknown() }).safeParse(answer);
    const parsed = data.safeParse(envelope.data?.data);
    if (!parsed.success) throw new UpstreamError("Prometheus answers in a form that is not understood", 200);
    return parsed.data;
  }

  return {
    async query(expression, atSeconds) {
      const { result } = await ask("query", { query: expression.text, time: String(atSeconds) }, vector);
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
    },
    async queryRange(expression, { startSeconds, endSeconds, stepSeconds }) {
      const range = { start: String(startSeconds), end: String(endSeconds), step: String(stepSeconds) };
      const { result } = await ask("query_range", { query: expression.text, ...range }, matrix);
      return result.map(({ metric, values }) => ({ labels: metric, points: values }));
    },
  };
}
