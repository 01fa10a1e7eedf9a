import { Router } from "express";
import { UpstreamError } from "../upstream/fetch-json.ts";
import type { Pager } from "../upstream/pager.ts";
import { renderMessage, renderPage } from "../web/layout.ts";
import { renderBoard, renderBoardIndex } from "./page.ts";
import type { BoardStore } from "./store.ts";

const SHOWN_INCIDENTS = 20;

/** `GET /boards`, `GET /boards/:uid`, the same as `GET /d/:uid`, and `GET /api/incidents/open`, which stand beside every board. */
export function createBoardRoutes(store: BoardStore, pager: Pager, publicUrl: string): Router {
  const router = Router();

  router.get("/boards", async (_req, res) => {
    const main = renderBoardIndex(await store.list());
    res.send(renderPage({ title: "Boards", kind: "text", section: "/boards", main }));
  });

  router.get("/boards/:uid", async (req, res) => {
    const board = await store.find(req.params.uid);
    // Alerts lead to the overview: without its board the page of now says the most.
    if (!board && req.params.uid === "overview") return void res.redirect("/");
    if (!board)
      return void res
        .status(404)
        .send(renderMessage("There is no such board", "The list of all is at /boards."));
    const main = renderBoard(board, publicUrl);
    res.send(renderPage({ title: board.title, kind: "grafana", section: "/boards", main }));
  });

  // Grafana's address of a board, so that a link in a message leads to it wherever it is opened.
  router.get("/d/:uid{/:slug}", (req, res) => {
    const [, search = ""] = req.url.split("?");
    res.redirect(`/boards/${encodeURIComponent(req.params.uid)}${search && `?${search}`}`);
  });

  router.get("/api/incidents/open", async (_req, res) => {
    try {
      const incidents = await pager.list("open", SHOWN_INCIDENTS);
      res.json({
        incidents: incidents.map(({ number, title, severity, state, startedAt }) => ({
          number,
          title,
          severity,
          state,
          startedAt,
        })),
      });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      res.status(502).json({ error: { code: "pager_away", message: error.message } });
    }
  });

  return router;
}
