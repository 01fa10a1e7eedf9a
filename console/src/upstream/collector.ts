import type { TopListName } from "@watchkeeper/catalogue/top-lists";
import { z } from "zod";
import type { Report, ReportEntry, TopTable } from "../report/model.ts";
import { fetchJson, UPSTREAM_LIMITS, UpstreamError, type UpstreamLimits } from "./fetch-json.ts";

/** A month of raw history is read for one report. */
const REPORT_TIMEOUT_MS = 60_000;

const tone = z.enum(["good", "bad", "plain"]);
const block = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("list"), items: z.array(z.string()) }),
  z.object({
    kind: z.literal("figures"),
    figures: z.array(
      z.object({ name: z.string(), value: z.string(), trend: z.string().exactOptional(), tone }),
    ),
  }),
  z.object({
    kind: z.literal("table"),
    columns: z.array(z.object({ title: z.string(), numeric: z.boolean() })),
    rows: z.array(z.array(z.object({ text: z.string(), tone: tone.exactOptional() }))),
  }),
  z.object({
    kind: z.literal("chart"),
    alt: z.string(),
    svg: z.string(),
    width: z.number(),
    height: z.number(),
  }),
]);

const kind = z.enum(["week", "month"]);
const reportSchema: z.ZodType<Report> = z.object({
  kind,
  period: z.string(),
  title: z.string(),
  subtitle: z.string(),
  summary: z.string(),
  notices: z.array(z.object({ kind: z.enum(["demo", "not-measured"]), text: z.string() })),
  sections: z.array(z.object({ title: z.string(), blocks: z.array(block) })),
});
const entries = z.object({ reports: z.array(z.object({ kind, period: z.string() })) });
const table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
});

/** Asks the collector. Every method rejects with an UpstreamError. */
export interface Collector {
  reports(): Promise<readonly ReportEntry[]>;
  /** @returns undefined when there is no such report */
  report(period: string): Promise<Report | undefined>;
  top(list: TopListName): Promise<TopTable>;
}

export function createCollector(
  url: string,
  apiToken: string,
  limits: UpstreamLimits = UPSTREAM_LIMITS,
): Collector {
  async function ask<Data extends z.ZodType>(path: string, schema: Data, timeoutMs = limits.timeoutMs) {
    const headers = { authorization: `Bearer ${apiToken}` };
    const bounds = { ...limits, timeoutMs };
    const parsed = schema.safeParse(
      await fetchJson("The collector", `${url}/api/${path}`, { headers }, bounds),
    );
    if (!parsed.success)
      throw new UpstreamError("The collector answers in a form that is not understood", 200);
    return parsed.data;
  }
  return {
    reports: async () => (await ask("reports", entries)).reports,
    report: (period) =>
      ask(`reports/${period}`, reportSchema, REPORT_TIMEOUT_MS).catch((error: unknown) => {
        if (error instanceof UpstreamError && error.status === 404) return undefined;
        throw error;
      }),
    top: (list) => ask(`top/${list}`, table),
  };
}
