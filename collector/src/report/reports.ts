import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import type { Clock } from "@watchkeeper/process/clock";
import { loadReportData, type ReportSources } from "./data.ts";
import { lastPeriod, parsePeriod, periodBefore, type ReportPeriod, startOf } from "./period.ts";
import { writeReport } from "./write.ts";

/** A period that one may ask a report of. */
export interface ReportEntry {
  readonly kind: ReportPeriod["kind"];
  readonly period: string;
}

export interface Reports {
  /** The last weeks and months that Prometheus may still remember, the newest first. */
  list(): Promise<readonly ReportEntry[]>;
  /** @returns undefined when there is no such period, or it has not begun */
  find(period: string): Promise<ReportDocument | undefined>;
  /** @throws Error in one line when there is no such period, or it has not begun */
  make(period: ReportPeriod): Promise<ReportDocument>;
}

const WEEKS = 5;
const MONTHS = 2;
/** A report costs Prometheus seconds: whoever opens it again, or a second reader, gets the same. */
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 8;

function before(period: ReportPeriod, count: number): readonly ReportPeriod[] {
  return count <= 1 ? [period] : [period, ...before(periodBefore(period), count - 1)];
}

export function createReports(sources: ReportSources, timeZone: string, clock: Clock): Reports {
  const kept = new Map<string, { readonly atMs: number; readonly report: Promise<ReportDocument> }>();

  const make = async (period: ReportPeriod): Promise<ReportDocument> =>
    writeReport(await loadReportData(sources, period, clock.now()));

  return {
    make,
    async list() {
      const now = clock.now();
      return [
        ...before(lastPeriod("week", now, timeZone), WEEKS),
        ...before(lastPeriod("month", now, timeZone), MONTHS),
      ].map(({ kind, name }) => ({ kind, period: name }));
    },
    async find(name) {
      let period: ReportPeriod;
      try {
        period = parsePeriod(name, timeZone);
      } catch {
        return undefined;
      }
      if (startOf(period) >= clock.now()) return undefined;
      const known = kept.get(period.name);
      if (known && Math.abs(clock.now() - known.atMs) < KEPT_MS) return known.report;
      const report = make(period);
      if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? "");
      kept.set(period.name, { atMs: clock.now(), report });
      report.catch(() => kept.delete(period.name));
      return report;
    },
  };
}
