import { Router } from "express";
import { renderMessage, renderPage } from "../web/layout.ts";
import type { LoadOverview } from "./load.ts";
import { DEFAULT_RANGE, isRangeName, ranges } from "./model.ts";
import { renderOverview } from "./page.ts";

/** `GET /boards/overview` and `GET /api/overview?range=15m|60m|6h`. */
export function createOverviewRoutes(loadOverview: LoadOverview): Router {
  const router = Router();

  router.get("/boards/:board", (req, res) => {
    if (req.params.board !== "overview") {
      return void res
        .status(404)
        .send(renderMessage("There is no such board", "The overview is at /boards/overview."));
    }
    const range = isRangeName(req.query.range) ? req.query.range : DEFAULT_RANGE;
    const main = renderOverview(range);
    res.send(renderPage({ title: "Overview", kind: "board", section: "/boards/overview", main }));
  });

  router.get("/api/overview", async (req, res) => {
    const range = req.query.range ?? DEFAULT_RANGE;
    if (!isRangeName(range)) {
      const message = `Cannot use range as it must be one of ${Object.keys(ranges).join(", ")}`;
      return void res.status(400).json({ error: { code: "bad_request", message } });
    }
    res.json(await loadOverview(range));
  });

  return router;
}
