import type { Gauge } from "@watchkeeper/catalogue/metric";
import {
  businessActiveUsers,
  businessDemoData,
  businessEventsLastHour,
  businessFeatureUsers,
  businessNpsResponses,
  businessNpsScore,
  businessTicketResolutionMedianSeconds,
  businessTicketsOpen,
  businessTicketsOpened,
} from "@watchkeeper/catalogue/metrics/business";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Database } from "../database/database.ts";
import { defineJob } from "../job.ts";
import { type Figures, figuresSchema, loadFigures } from "../usage/figures.ts";

/** Reads the business figures of this moment; while they are not known there are none. */
export function createBusinessFiguresJob(database: Database, metrics: Metrics) {
  let known: Figures | undefined;
  const exportOne = (gauge: Gauge<string, never>, read: (figures: Figures) => number | null): void => {
    metrics.gauge(gauge, (set) => {
      const value = known === undefined ? null : read(known);
      if (value !== null) set({}, value);
    });
  };
  metrics.gauge(businessEventsLastHour, (set) => {
    for (const [event, value] of Object.entries(known?.lastHour ?? {}))
      set({ business_event: event as keyof Figures["lastHour"] }, value);
  });
  metrics.gauge(businessActiveUsers, (set) => {
    for (const [window, value] of Object.entries(known?.people ?? {}))
      set({ activity_window: window as keyof Figures["people"] }, value);
  });
  metrics.gauge(businessFeatureUsers, (set) => {
    for (const [feature, value] of Object.entries(known?.features ?? {}))
      set({ feature: feature as keyof Figures["features"] }, value);
  });
  exportOne(businessNpsScore, ({ nps }) => nps.score);
  exportOne(businessNpsResponses, ({ nps }) => nps.responses);
  exportOne(businessTicketsOpen, ({ tickets }) => tickets.open);
  exportOne(businessTicketsOpened, ({ tickets }) => tickets.opened);
  exportOne(businessTicketResolutionMedianSeconds, ({ tickets }) => tickets.medianResolutionSeconds);
  exportOne(businessDemoData, ({ demo }) => Number(demo));

  return defineJob({
    name: "business-figures",
    schedule: { cron: "* * * * *", jitterMs: 5_000 },
    timeoutMs: 15_000,
    runs: "once",
    result: figuresSchema,
    collect: () => loadFigures(database),
    show: (result) => {
      known = result;
    },
  });
}
