import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Router } from "express";
import helmet from "helmet";
import type { Faults } from "../faults.ts";
import { channels } from "../message.ts";
import type { Store } from "../store.ts";
import { renderColumns, titles } from "./columns.ts";
import { type Html, html } from "./html.ts";

const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** A mail may be as hostile as it likes: no script, no form, nothing from outside, no way to the page around it. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const pagePolicy = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      frameSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
});

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3b5bdb"/><path d="M6 17l3.5-8h13L26 17v6H6zm0 0h6l1.5 3h5l1.5-3h6" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/></svg>`;

const renderPage = (columns: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Inbox · Watchkeeper</title>
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/page.css">
  <script type="module" src="/page.js"></script>
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
  <p class="announcer" aria-live="polite" data-announcer></p>
</body>
</html>`.text;

/** The page that shows what was received, and what it is made of. */
export function createPageRoutes(store: Store, faults: Faults): Router {
  const router = Router();
  const start = randomUUID();
  const assets: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/page.css": ["text/css", asset("page.css")],
    "/page.js": ["text/javascript", asset("page.js")],
    "/icon.svg": ["image/svg+xml", icon],
  };

  for (const [path, [type, body]] of Object.entries(assets)) {
    router.get(path, (_req, res) => void res.type(type).set("Cache-Control", "no-cache").send(body));
  }

  router.get("/", pagePolicy, (_req, res) => {
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
