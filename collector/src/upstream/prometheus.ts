import type { Ask } from "@watchkeeper/catalogue/compliance";
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
  readonly ask: Ask;
}

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

/** @param url where it listens, without a slash at the end */
export function createPrometheus(url: string, signal?: AbortSignal): Prometheus {
  const query: Prometheus["query"] = async (expression, at) => {
    const body = new URLSearchParams({ query: expression, time: String(at), timeout: `${TIMEOUT_MS}ms` });
    const init = { method: "POST", body, ...(signal && { signal }) };
    const parsed = answerSchema.safeParse(
      await fetchJson("Prometheus", `${url}/api/v1/query`, init, TIMEOUT_MS + 2_000),
    );
    if (!parsed.success) throw new Error("Prometheus answers in a form that is not understood");
    return parsed.data.data.result.map(({ metric, value: [, text] }) => ({
      labels: metric,
      value: Number(text),
    }));
  };
  return { query, ask: async (expression, at) => (await query(expression, at))[0]?.value };
}
