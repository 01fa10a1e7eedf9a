import { Router } from "express";
import { renderPage } from "../web/layout.ts";
import type { LoadOverview } from "./load.ts";
import { DEFAULT_RANGE, isRangeName, ranges } from "./model.ts";
import { renderOverview } from "./page.ts";

/** `GET /` and `GET /api/overview?range=15m|60m|6h`. */
export function createOverviewRoutes(loadOverview: LoadOverview): Router {
  const router = Router();

  router.get("/", (req, res) => {
    const range = isRangeName(req.query.range) ? req.query.range : DEFAULT_RANGE;
    const main = renderOverview(range);
    res.send(renderPage({ title: "Now", kind: "board", section: "/", main }));
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
