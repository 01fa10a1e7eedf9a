import type { QueryRunner } from "@watchkeeper/exporters/database";
import { type Response, Router } from "express";
import { z } from "zod";
import { requireBearer } from "./bearer.ts";
import { findIncident, listIncidents } from "./incidents.ts";

const listQuery = z.strictObject({
  state: z.enum(["open", "resolved", "all"]).default("open"),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** A number of at most fifteen digits fits everywhere. */
const incidentId = z.union([z.uuid(), z.string().regex(/^\d{1,15}$/)]);

function refuse(res: Response, error: z.ZodError): void {
  const issue = error.issues[0];
  const message = `Cannot read the query as ${issue?.path.join(".") || "it"} is wrong: ${issue?.message}`;
  res.status(400).json({ error: { code: "invalid_query", message } });
}

/** The console's side: `GET /api/incidents?state=open|resolved|all&limit=50` and `GET /api/incidents/:id`. */
export function createApiRoutes(database: QueryRunner, token: string): Router {
  const router = Router();
  router.use("/api", requireBearer(token), (_req, res, next) => {
    res.set("cache-control", "no-store");
    next();
  });
  router.get("/api/incidents", async (req, res) => {
    const query = listQuery.safeParse(req.query);
    if (!query.success) return refuse(res, query.error);
    res.json({ incidents: await listIncidents(database, query.data.state, query.data.limit) });
  });
  router.get("/api/incidents/:id", async (req, res) => {
    const id = incidentId.safeParse(req.params.id);
    const incident = id.success ? await findIncident(database, id.data) : undefined;
    if (incident) res.json(incident);
    else
      res.status(404).json({ error: { code: "not_found", message: "Cannot find an incident of this id" } });
  });
  return router;
}
