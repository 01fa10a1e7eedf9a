import { join } from "node:path";
import { type Service, type ServiceName, services } from "@watchkeeper/catalogue/services";
import { type Html, html } from "@watchkeeper/web/html";
import { Router } from "express";
import { renderMessage, renderPage } from "../web/layout.ts";
import { readNewest } from "./tail.ts";

/** Where logs are kept, as far as this console was told. */
export interface LogPlaces {
  /** Where people open the Grafana that has the Loki to which our processes send their lines. */
  readonly grafanaUrl?: string | undefined;
  /** A folder with one file for each service, `<service>.log`. */
  readonly dir?: string | undefined;
}

/** A page that opens at once, of lines of which a request's has about 500 bytes. */
const SHOWN = { lines: 200, bytes: 256 * 1024 };

/** The uid of the data source with which Grafana is provisioned. */
const LOKI = "loki";

const isService = (name: string): name is ServiceName => Object.hasOwn(services, name);

/** Grafana's page for lines, with those of the last hour. */
export function exploreUrl(grafanaUrl: string, service: string): string {
  const query = { refId: "A", expr: `{service="${service}"}`, datasource: { type: "loki", uid: LOKI } };
  const panes = { lines: { datasource: LOKI, queries: [query], range: { from: "now-1h", to: "now" } } };
  return `${grafanaUrl}/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
}

const renderLines = (lines: readonly string[]): Html => html`
  <pre class="lines" data-panel="lines" data-state="ready" data-value="${lines.length}"><code>${lines.join("\n")}</code></pre>`;

const note = (text: Html): Html => html`<section class="panel"><p class="note">${text}</p></section>`;

const renderLog = (title: string, summary: string, main: Html): string =>
  renderPage({
    title: `Log of ${title}`,
    kind: "text",
    main: html`<header class="page-head"><div><h1>Log of ${title}</h1><p class="summary">${summary}</p></div></header>${main}`,
  });

const unknown = html`This console was not told where this log is kept. Of a process of ours it is standard output; set
  <code>WATCHKEEPER_CONSOLE_GRAFANA_URL</code> or <code>WATCHKEEPER_CONSOLE_LOGS_DIR</code>, and this page leads there.`;

/**
 * `GET /logs/:service`, to which every alert links: leads to Grafana where Loki has the service's lines, shows the newest
 * ones where they lie in a folder, and otherwise says that it does not know them.
 */
export function createLogRoutes({ grafanaUrl, dir }: LogPlaces): Router {
  const router = Router();
  router.get("/logs/:service", async (req, res) => {
    const name = req.params.service;
    if (!isService(name)) {
      res.status(404).send(renderMessage("There is no such service", "Its name may be wrong."));
      return;
    }
    const { title, ours }: Service = services[name];
    if (grafanaUrl !== undefined && ours) return res.redirect(302, exploreUrl(grafanaUrl, name));
    if (dir === undefined) {
      res.send(renderLog(title, "", note(unknown)));
      return;
    }
    const file = join(dir, `${name}.log`);
    const lines = await readNewest(file, SHOWN);
    res.send(
      lines === undefined || lines.length === 0
        ? renderLog(title, "", note(html`There are no lines in <code>${file}</code>.`))
        : renderLog(title, `The newest lines of ${file}, the newest first.`, renderLines(lines)),
    );
  });
  return router;
}
