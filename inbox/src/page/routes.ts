import { randomUUID } from "node:crypto";
import { createAssetRoutes, icon } from "@watchkeeper/web/assets";
import { type Bundle, bundlePage } from "@watchkeeper/web/bundle";
import { renderHead } from "@watchkeeper/web/head";
import { type Html, html } from "@watchkeeper/web/html";
import { protectPages } from "@watchkeeper/web/protect";
import { Router } from "express";
import type { Faults } from "../faults.ts";
import { channels } from "../message.ts";
import type { Store } from "../store.ts";
import { renderColumns, titles } from "./columns.ts";

/** A mail may be as hostile as it likes: no script, no form, nothing from outside, no way to the page around it. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const ICON = icon("M6 17l3.5-8h13L26 17v6H6zm0 0h6l1.5 3h5l1.5-3h6");

const renderPage = (columns: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
  ${renderHead({ title: "Inbox", icon: "/icon.svg", stylesheet: "/page.css", script: "/page.js" })}
</head>
<body>
  <header class="top">
    <img src="/icon.svg" alt="" width="28" height="28">
    <div><h1>Inbox</h1><p class="quiet">What people would have received. Nothing leaves this machine.</p></div>
    <p class="live" role="status" data-live>loading</p>
    <button type="button" data-clear>Clear</button>
  </header>
  <nav class="tabs" aria-label="Channels">${channels.map((channel) => html`<a href="#${channel}" data-tab="${channel}">${titles[channel]} <span class="count" data-tab-count></span></a>`)}</nav>
  <main data-main>${columns}</main>
  <p class="toast" role="status" data-toast hidden></p>
  <p class="sr" aria-live="polite" data-announcer></p>
</body>
</html>`.text;

/** What the page is made of. */
export const bundleInbox = (): Promise<Bundle> =>
  bundlePage({
    script: new URL("page.js", import.meta.url),
    stylesheet: new URL("page.css", import.meta.url),
  });

/** The page that shows what was received, and what it is made of. */
export function createPageRoutes(store: Store, faults: Faults, { script, stylesheet }: Bundle): Router {
  const router = Router();
  const start = randomUUID();
  router.use(
    createAssetRoutes({
      "/page.css": { type: "text/css", body: stylesheet },
      "/page.js": { type: "text/javascript", body: script },
      "/icon.svg": ICON,
    }),
  );

  router.get("/", protectPages({ frames: true }), (_req, res) => {
    res.set("Cache-Control", "no-store").send(renderPage(renderColumns(store, faults)));
  });

  router.get("/page/columns", (req, res) => {
    const tag = `"${start}.${store.version}.${faults.version}"`;
    res.set({ ETag: tag, "Cache-Control": "no-cache" });
    if (req.get("if-none-match") === tag) return void res.status(304).end();
    res.type("html").send(renderColumns(store, faults).text);
  });

  router.get("/messages/:id/html", (req, res) => {
    const mail = store.list("email").find(({ id }) => String(id) === req.params.id);
    if (!mail) return void res.status(404).type("text").send("This mail was forgotten.");
    res.set({
      "Content-Security-Policy": MAIL_POLICY,
      "X-Frame-Options": "SAMEORIGIN",
      "Cache-Control": "no-store",
    });
    res.type("html").send(`<!doctype html><meta charset="utf-8"><base target="_blank">${mail.content.html}`);
  });

  return router;
}
