import type { Html } from "@watchkeeper/web/html";
import { type Response, Router } from "express";
import type { Collector } from "../upstream/collector.ts";
import { UpstreamError } from "../upstream/fetch-json.ts";

import { renderMessage, renderPage } from "../web/layout.ts";
import { renderReport, renderReports, renderReportsAway } from "./page.ts";

const PERIOD = /^\d{4}-(?:W\d\d|\d\d)$/;

function send(res: Response, title: string, main: Html): void {
  res.send(renderPage({ title, kind: "text", section: "/reports", main }));
}

/**
 * `GET /reports`, `GET /reports/:period` and its charts, `GET /reports/:period/charts/:number.svg`; `GET /api/top/:list`,
 * which boards draw.
 */
export function createReportRoutes(collector: Collector): Router {
  const router = Router();

  const answer = async (res: Response, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      res.status(503);
      send(res, "Reports", renderReportsAway(error.message));
    }
  };
  const missing = (res: Response): void =>
    void res.status(404).send(renderMessage("There is no such report", "The list of all is at /reports."));

  router.get("/reports", (_req, res) =>
    answer(res, async () => {
      const [entries, terms, profiles] = await Promise.all([
        collector.reports(),
        collector.top("search-terms"),
        collector.top("profiles"),
      ]);
      send(res, "Reports", renderReports(entries, terms, profiles));
    }),
  );

  router.get("/reports/:period", (req, res) =>
    answer(res, async () => {
      const { period } = req.params;
      const report = PERIOD.test(period) ? await collector.report(period) : undefined;
      if (report) send(res, report.title, renderReport(report));
      else missing(res);
    }),
  );

  router.get("/reports/:period/charts/:number.svg", (req, res) =>
    answer(res, async () => {
      const { period, number } = req.params;
      const report = PERIOD.test(period) ? await collector.report(period) : undefined;
      const charts = report?.sections
        .flatMap(({ blocks }) => blocks)
        .filter((block) => block.kind === "chart");
      const chart = /^\d{1,2}$/.test(number) ? charts?.[Number(number)] : undefined;
      if (chart) res.type("image/svg+xml").send(chart.svg);
      else missing(res);
    }),
  );

  router.get("/api/top/:list", async (req, res) => {
    const { list } = req.params;
    if (list !== "search-terms" && list !== "profiles") {
      return void res.status(404).json({ error: { code: "not_found", message: "There is no such list" } });
    }
    try {
      res.json(await collector.top(list));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      res.status(502).json({ error: { code: "collector_away", message: error.message } });
    }
  });

  return router;
}
