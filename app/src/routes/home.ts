import { createAssetRoutes, icon } from "@watchkeeper/web/assets";
import { type Bundle, bundlePage } from "@watchkeeper/web/bundle";
import { html } from "@watchkeeper/web/html";
import express, { type Router } from "express";

const HOME = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Company Directory</title>
  <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/directory.css">
  <script type="module" src="/assets/directory.js"></script>
  <script type="module" src="/usage/page-load.js"></script>
</head>
<body>
  <a class="skip" href="#main">Skip to the content</a>
  <header class="top">
    <a class="brand" href="#/"><img src="/assets/icon.svg" alt="" width="26" height="26"><span>Company Directory</span></a>
    <div id="account"></div>
  </header>
  <main id="main" tabindex="-1"><noscript><p>This page needs JavaScript; its <a href="/api/openapi.json">API</a> does not.</p></noscript></main>
</body>
</html>
`.text;

const source = (name: string): URL => new URL(`../page/${name}`, import.meta.url);

/** Makes the page's script and stylesheet. @throws Error when they cannot be understood */
export const loadPage = (): Promise<Bundle> =>
  bundlePage({
    script: source("main.ts"),
    stylesheet: source("directory.css"),
    tsconfig: source("tsconfig.json"),
  });

/** `GET /`, the page, and `GET /healthz`, which a probe from outside asks: cheap, open, no dependency. */
export function createHomeRoutes({ script, stylesheet }: Bundle): Router {
  const router = express.Router();
  router.get("/", (_request, response) => void response.type("html").send(HOME));
  router.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  router.use(
    createAssetRoutes({
      "/assets/directory.js": { type: "text/javascript", body: script },
      "/assets/directory.css": { type: "text/css", body: stylesheet },
      "/assets/icon.svg": icon("M16 6a5 5 0 1 1 0 10a5 5 0 1 1 0-10M6 27a10 8 0 0 1 20 0"),
    }),
  );
  return router;
}
