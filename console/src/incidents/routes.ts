import type { Html } from "@watchkeeper/web/html";
import { type Response, Router } from "express";
import { UpstreamError } from "../upstream/fetch-json.ts";
import type { Pager } from "../upstream/pager.ts";
import { renderMessage, renderPage } from "../web/layout.ts";
import { renderAway, renderIncident, renderIncidents } from "./page.ts";

const SHOWN = 50;

function send(res: Response, title: string, main: Html): void {
  res.send(renderPage({ title, kind: "document", section: "/incidents", main }));
}

/** `GET /incidents` and `GET /incidents/:number`. */
export function createIncidentRoutes(pager: Pager, publicUrl: string): Router {
  const router = Router();

  const answer = async (
    res: Response,
    title: string,
    render: () => Promise<Html | undefined>,
  ): Promise<void> => {
    try {
      const main = await render();
      if (main) return send(res, title, main);
      res.status(404).send(renderMessage("There is no such incident", "Its number may be wrong."));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      res.status(503);
      send(res, title, renderAway(error.message));
    }
  };

  router.get("/incidents", (_req, res) =>
    answer(res, "Incidents", async () => {
      const [open, resolved] = await Promise.all([pager.list("open", SHOWN), pager.list("resolved", SHOWN)]);
      return renderIncidents(open, resolved, publicUrl);
    }),
  );

  router.get("/incidents/:number", (req, res) =>
    answer(res, `Incident #${req.params.number}`, async () => {
      if (!/^\d{1,9}$/.test(req.params.number)) return undefined;
      const incident = await pager.find(Number(req.params.number));
      return incident && renderIncident(incident, publicUrl);
    }),
  );

  return router;
}
