import { readFileSync } from "node:fs";
import { pageLoadDurationSeconds } from "@watchkeeper/catalogue/metrics/business";
import type { Metrics } from "@watchkeeper/exporters/metrics";
import type { Clock } from "@watchkeeper/process/clock";
import express, { type Router } from "express";
import { z } from "zod";
import { parseInput } from "../parse.ts";
import { Problem, rateLimited } from "../problem.ts";

/** Longer than anybody waits: what takes longer was a laptop that slept. */
const MAX_MS = 120_000;

/** Reports of real people come one a page; more than this is somebody who plays with the figures. */
const RATE = { perSecond: 50, burst: 200 } as const;

const milliseconds = z.number().min(0).max(MAX_MS).optional();

const reportSchema = z
  .strictObject({
    first_byte: milliseconds,
    first_paint: milliseconds,
    largest_paint: milliseconds,
    loaded: milliseconds,
  })
  .refine((report) => Object.keys(report).length > 0, "must have at least one time");

type Phase = keyof z.infer<typeof reportSchema>;

const script = readFileSync(new URL("./page-load.js", import.meta.url), "utf8");

/** sendBeacon cannot set another type without asking first. */
const parseBeacon = express.json({ limit: 1_024, type: ["application/json", "text/plain"] });

/**
 * `GET /usage/page-load.js`, which a page includes, and `POST /usage/page-load`, to which it sends what its visitor's
 * browser has measured, in milliseconds. Open to visitors who are not signed in: the sign-in page loads, too.
 */
export function createPageLoadRoutes(metrics: Metrics, clock: Clock): Router {
  const durations = metrics.histogram(pageLoadDurationSeconds);
  const router = express.Router();
  let tokens: number = RATE.burst;
  let filledAtMs = clock.now();

  const admit = (): boolean => {
    const now = clock.now();
    tokens = Math.min(RATE.burst, tokens + (Math.max(0, now - filledAtMs) * RATE.perSecond) / 1_000);
    filledAtMs = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };

  router.get("/usage/page-load.js", (_request, response) => {
    response.set("Cache-Control", "public, max-age=3600").type("text/javascript").send(script);
  });

  router.post("/usage/page-load", parseBeacon, (request, response) => {
    const site = request.get("sec-fetch-site");
    if (site !== undefined && site !== "same-origin") {
      throw new Problem("forbidden", "Only the directory's own pages may report how they load");
    }
    if (!admit()) throw rateLimited("Too many reports at once", 1_000);
    const report = parseInput(reportSchema, request.body);
    for (const [phase, ms] of Object.entries(report)) {
      if (ms !== undefined) durations.observe({ page_phase: phase as Phase }, ms / 1_000);
    }
    response.status(204).end();
  });

  return router;
}
