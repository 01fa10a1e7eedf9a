import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Router } from "express";

/** What is served at an address, the same for everybody. */
export interface Asset {
  readonly type: "text/javascript" | "text/css" | "image/svg+xml";
  readonly body: string;
}

/**
 * `GET` of each path, compressed once for all who can read that; a browser that has it already is told so, and asks again
 * each time, since a new version may run.
 */
export function createAssetRoutes(assets: Readonly<Record<string, Asset>>): Router {
  const router = Router();
  for (const [path, { type, body }] of Object.entries(assets)) {
    // Weak: it is one for the plain and the compressed bytes.
    const tag = `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const compressed = gzipSync(body);
    router.get(path, (req, res) => {
      res.set({ ETag: tag, "Cache-Control": "no-cache", Vary: "Accept-Encoding" });
      if (req.get("if-none-match") === tag) return void res.status(304).end();
      res.type(type);
      if (req.acceptsEncodings("gzip")) res.set("Content-Encoding", "gzip").send(compressed);
      else res.send(body);
    });
  }
  return router;
}

/** The icon of one of our pages, and its drawing: a path on a field of 32 × 32. */
export const icon = (path: string): Asset => ({
  type: "image/svg+xml",
  body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3b5bdb"/><path d="${path}" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
});
