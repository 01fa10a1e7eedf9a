import { createAssetRoutes, icon } from "@watchkeeper/web/assets";
import { bundlePage } from "@watchkeeper/web/bundle";
import type { Router } from "express";

const ICON = icon("M5 17h5l3-8 5 14 3-6h6");

const source = (name: string): URL => new URL(`../page/${name}`, import.meta.url);

/**
 * `GET /assets/…`: everything a page is made of, the same for everybody.
 *
 * @throws Error when the page's sources cannot be bundled
 */
export async function createConsoleAssets(): Promise<Router> {
  const { script, stylesheet } = await bundlePage({
    script: source("main.ts"),
    stylesheet: source("console.css"),
    tsconfig: source("tsconfig.json"),
  });
  return createAssetRoutes({
    "/assets/console.js": { type: "text/javascript", body: script },
    "/assets/console.css": { type: "text/css", body: stylesheet },
    "/assets/icon.svg": ICON,
  });
}
