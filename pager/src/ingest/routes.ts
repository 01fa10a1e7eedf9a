import type { QueryRunner } from "@watchkeeper/exporters/database";
import { systemClock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import { requireBearer } from "../api/bearer.ts";
import type { Pass } from "../checkpoint.ts";
import type { Emergency } from "../degraded/emergency.ts";
import type { PagerMetrics } from "../metrics.ts";
import type { WebhookSource } from "./payload.ts";
import { storeBody } from "./store.ts";

/** 10,000 alerts with long annotations fit in. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Bodies in memory at once, and their bytes: more means that the database does not keep up. */
export const MAX_IN_FLIGHT = 200;
export const MAX_IN_FLIGHT_BYTES = 4 * MAX_BODY_BYTES;

const RETRY_AFTER_SECONDS = 5;

/** Alertmanager waits 10 s for an answer: a database that hangs must have become a 503 before. */
const STORE_TIMEOUT_MS = 7_000;

export interface IngestOptions {
  readonly database: QueryRunner;
  readonly token: string;
  readonly metrics: PagerMetrics;
  readonly log: Log;
  /** Called after each commit: there is something to process. */
  readonly stored: () => void;
  /** Told of every body that could not be stored, and since when. */
  readonly emergency?: Pick<Emergency, "failed"> | undefined;
  readonly checkpoint?: Pass | undefined;
}

/** What is stored after all is a duplicate then, which changes nothing. */
async function withinTimeout(stored: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not stored within ${STORE_TIMEOUT_MS} ms`)), STORE_TIMEOUT_MS);
  });
  await Promise.race([stored, timeout]).finally(() => clearTimeout(timer));
}

/**
 * `POST /webhooks/alertmanager` and `POST /webhooks/grafana`.
 *
 * 200 means that the body is on disk. Trouble of ours is always 503: Alertmanager keeps the alerts and comes back,
 * while any 4xx, 429 included, would make it drop them until its next interval. 401 and 413 are trouble of theirs.
 */
export function createIngestRoutes({
  database,
  token,
  metrics,
  log,
  stored,
  emergency,
  checkpoint,
}: IngestOptions): Router {
  let inFlight = 0;
  let inFlightBytes = 0;

  const unavailable = (res: Response, message: string): void => {
    metrics.webhooks.inc({ inbox_result: "failed" });
    res
      .set("retry-after", String(RETRY_AFTER_SECONDS))
      .status(503)
      .json({ error: { code: "unavailable", message } });
  };

  const admit: RequestHandler = (req, res, next) => {
    const said = Number(req.get("content-length") ?? Number.NaN);
    // What is larger than it may be is refused when it is read; what does not say may be as large as that.
    const bytes = said <= MAX_BODY_BYTES ? said : MAX_BODY_BYTES;
    if (inFlight >= MAX_IN_FLIGHT || inFlightBytes + bytes > MAX_IN_FLIGHT_BYTES) {
      return unavailable(res, "Cannot keep up right now: send it again");
    }
    inFlight += 1;
    inFlightBytes += bytes;
    res.once("close", () => {
      inFlight -= 1;
      inFlightBytes -= bytes;
    });
    next();
  };

  const keep =
    (source: WebhookSource): RequestHandler =>
    async (req, res) => {
      const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
      const startedMs = systemClock.now();
      await checkpoint?.("received");
      try {
        await withinTimeout(storeBody(database, source, body));
      } catch (error) {
        log.error({ err: error }, "webhook not stored");
        emergency?.failed({ source, body }, startedMs);
        return unavailable(res, "Cannot store this right now: send it again");
      }
      await checkpoint?.("stored");
      res.status(200).json({ status: "stored" });
      stored();
    };

  /** The body could not be read to its end. */
  const refuse = (
    error: { status?: number; type?: string },
    _req: Request,
    res: Response,
    next: NextFunction,
  ): void => {
    if (res.headersSent) {
      next(error);
      return;
    }
    if (error.type === "entity.too.large") {
      metrics.webhooks.inc({ inbox_result: "failed" });
      const message = `Cannot take this body as it is larger than ${MAX_BODY_BYTES} bytes: lower Alertmanager's max_alerts`;
      res.status(413).json({ error: { code: "too_large", message } });
      return;
    }
    // Cut off on the way or in an encoding we cannot undo: whole, it may arrive the next time.
    log.warn({ err: error }, "webhook body not received");
    unavailable(res, "Cannot read this body: send it again");
  };

  const router = Router();
  for (const source of ["alertmanager", "grafana"] as const) {
    router.post(
      `/webhooks/${source}`,
      requireBearer(token, () => metrics.webhooks.inc({ inbox_result: "unauthorized" })),
      admit,
      express.raw({ type: () => true, limit: MAX_BODY_BYTES }),
      keep(source),
      refuse,
    );
  }
  return router;
}
