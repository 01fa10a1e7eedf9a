import { type Readable, Transform } from "node:stream";
import { importedRowsTotal } from "@watchkeeper/catalogue/metrics/collector";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import { createBearerCheck } from "@watchkeeper/process/bearer";
import express, { type Request, Router } from "express";
import type { Database } from "../database/database.ts";
import { nps } from "../imports/nps.ts";
import { ImportError, importRows } from "../imports/store.ts";
import { tickets } from "../imports/tickets.ts";
import type { Reports } from "../report/reports.ts";
import { readTopList } from "../usage/top-lists.ts";
import { ApiError } from "./errors.ts";

/** A million rows of a hundred bytes, with room. */
const MAX_CSV_BYTES = 256 * 1024 * 1024;

const IMPORTS = { nps, tickets } as const;

/** The same stream with a bound, also for a body that does not say how large it is. */
function bounded(request: Request): Readable {
  let bytes = 0;
  const limited = request.pipe(
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        const tooLarge = new ApiError(413, "too_large", "The file is too large: send it in parts");
        done(bytes > MAX_CSV_BYTES ? tooLarge : null, chunk);
      },
    }),
  );
  request.once("aborted", () => limited.destroy(new Error("the sender went away")));
  return limited;
}

export interface ApiDeps {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly reports: Reports;
  readonly token: string;
}

/**
 * `POST /api/imports/nps` and `/tickets` (CSV or a JSON list), `GET /api/top/search-terms` and `/profiles`,
 * `GET /api/reports` and `/api/reports/:period`; all with the bearer token.
 */
export function createApiRoutes({ database, metrics, reports, token }: ApiDeps): Router {
  const rows = metrics.counter(importedRowsTotal);
  const isAllowed = createBearerCheck(token);
  let importing = false;
  const router = Router();

  router.use("/api", (request, response, next) => {
    response.set("cache-control", "no-store");
    if (isAllowed(request.get("authorization"))) return next();
    throw new ApiError(401, "unauthorized", "Cannot let this in as its bearer token is missing or wrong", {
      "www-authenticate": "Bearer",
    });
  });

  router.post(
    "/api/imports/:name",
    express.json({ limit: "1mb", strict: false }),
    async (request, response) => {
      const { name } = request.params;
      if (name !== "nps" && name !== "tickets") {
        throw new ApiError(404, "not_found", "Cannot import this: known are nps and tickets");
      }
      const isCsv = request.is("text/csv") !== false;
      if (!isCsv && request.is("application/json") === false) {
        throw new ApiError(
          415,
          "unsupported_media_type",
          "Cannot read this body: send text/csv or application/json",
        );
      }
      if (importing) {
        throw new ApiError(429, "busy", "Cannot import now as another import is under way", {
          "retry-after": "10",
        });
      }
      importing = true;
      try {
        const body = isCsv ? { csv: bounded(request) } : { json: request.body };
        const imported = await importRows(database, IMPORTS[name], body);
        rows.inc({ import_name: name, import_result: "accepted" }, imported);
        response.json({ imported });
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        rows.inc({ import_name: name, import_result: "refused" }, Math.max(1, error.rows));
        throw new ApiError(422, "invalid_rows", error.message);
      } finally {
        importing = false;
      }
    },
  );

  router.get("/api/top/:list", async (request, response) => {
    const { list } = request.params;
    if (list !== "search-terms" && list !== "profiles") {
      throw new ApiError(404, "not_found", "There is no such list: known are search-terms and profiles");
    }
    response.json(await readTopList(database, list));
  });

  router.get("/api/reports", async (_request, response) => {
    response.json({ reports: await reports.list() });
  });

  router.get("/api/reports/:period", async (request, response) => {
    const report = await reports.find(request.params.period);
    if (!report) throw new ApiError(404, "not_found", "There is no such report: ask for 2026-W46 or 2026-11");
    response.json(report);
  });

  return router;
}
