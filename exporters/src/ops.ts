import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Check, runCheck } from "./check.ts";
import { expose, type Registry } from "./scrape/expose.ts";
import { carriesToken, respondToScrape, type Scrape } from "./scrape/respond.ts";

export interface OpsOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** What `/metrics` shows: metrics of this process, or those of a cluster. */
  readonly metrics: { readonly registry: Registry } | { readonly scrape: Scrape };
  /** Without it as a bearer token `/metrics` is 401; it is open unless said. */
  readonly metricsToken?: string | undefined;
  /** Tables for people, by name, as JSON below `/reports/`; they want the same token as `/metrics`. */
  readonly reports?: Readonly<Record<string, () => Promise<unknown>>>;
  /** What must work before traffic makes sense, by name. */
  readonly checks: Readonly<Record<string, Check>>;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A check's reason is for people who read it in a terminal: one line, not a dump. */
const MAX_REASON_LENGTH = 200;

const reasonOf = (error: unknown): string => {
  const nested = error instanceof AggregateError ? error.errors[0] : error;
  const text = nested instanceof Error ? nested.message : String(nested);
  return (text.split("\n")[0] || "failed").slice(0, MAX_REASON_LENGTH);
};

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function refuseStranger(response: ServerResponse): void {
  response.setHeader("www-authenticate", "Bearer");
  answer(response, 401, { error: { code: "unauthorized", message: "A bearer token is needed" } });
}

/**
 * The port for operators, apart from the one for users: `GET /metrics`, `GET /healthz` (200 while the process lives)
 * and `GET /readyz` (200, or 503 with the reason of each failing check; every check has 2 s). However many metrics there
 * are, a scrape gives the event loop back every millisecond.
 *
 * @throws Error when the port cannot be opened
 */
export async function startOpsServer(options: OpsOptions): Promise<OpsServer> {
  const { host, port, metrics, metricsToken, reports = {}, checks } = options;
  const scrape: Scrape = "scrape" in metrics ? metrics.scrape : (format) => expose(metrics.registry, format);
  const guarded =
    (page: Page): Page =>
    async (request, response) => {
      if (metricsToken === undefined || carriesToken(request, metricsToken)) await page(request, response);
      else refuseStranger(response);
    };
  const reportPages = Object.entries(reports).map(([name, report]): [string, Page] => [
    `/reports/${name}`,
    guarded(async (_request, response) => answer(response, 200, { rows: await report() })),
  ]);
  const pages: Readonly<Record<string, Page>> = {
    ...Object.fromEntries(reportPages),
    "/metrics": guarded((request, response) => respondToScrape(request, response, scrape)),
    "/healthz": async (_request, response) => answer(response, 200, { status: "ok" }),
    "/readyz": async (_request, response) => {
      const results = await Promise.all(
        Object.entries(checks).map(([name, check]) =>
          runCheck(check).then(
            () => [name, "ok"] as const,
            (error: unknown) => [name, reasonOf(error)] as const,
          ),
        ),
      );
      const ready = results.every(([, result]) => result === "ok");
      const status = ready ? "ready" : "not ready";
      answer(response, ready ? 200 : 503, { status, checks: Object.fromEntries(results) });
    },
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page) return answer(response, 404, { error: { code: "not_found", message: "No such page" } });
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return answer(response, 405, { error: { code: "method_not_allowed", message: "Only GET and HEAD" } });
    }
    page(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answer(response, 500, { error: { code: "internal", message: reasonOf(error) } });
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
