import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Provisioned } from "./provisioned.ts";

/** What a Grafana was asked, in the order of the questions. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface TestGrafana {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

export const TOKEN = "a token of a service account";

type Reply = readonly [status: number, body: unknown];

/** Answers instead of what a healthy Grafana would: by method and path, or by a query's expression. */
export interface Faults {
  readonly paths?: Readonly<Record<string, Reply>>;
  /** What Grafana answers to the expressions that hold the key; `[]` is no data. */
  readonly expressions?: Readonly<Record<string, { readonly error: string } | readonly number[]>>;
}

interface QueryBody {
  readonly queries: readonly { readonly refId: string; readonly expr?: string; readonly rawSql?: string }[];
}

const frameOf = (values: readonly number[]): object => ({
  schema: {
    fields: [
      { name: "Time", type: "time" },
      { name: "Value", type: "number" },
    ],
  },
  data: { values: [values.map((_, i) => i * 60_000), values] },
});

const found = (body: unknown, otherwise: string): Reply =>
  body === undefined ? [404, { message: otherwise }] : [200, body];

function answerQueries(body: string, faults: Faults): Reply {
  const { queries } = JSON.parse(body) as QueryBody;
  const results = queries.map(({ refId, expr, rawSql }) => {
    const asked = expr ?? rawSql ?? "";
    const [, fault = [1, 2, 3]] =
      Object.entries(faults.expressions ?? {}).find(([text]) => asked.includes(text)) ?? [];
    return "error" in fault
      ? [refId, { status: 400, error: fault.error }]
      : [refId, { status: 200, frames: [frameOf(fault)] }];
  });
  const failed = results.some(([, result]) => typeof result === "object" && "error" in result);
  return [failed ? 400 : 200, { results: Object.fromEntries(results) }];
}

const lastPart = (path: string): string => decodeURIComponent(path.split("/").at(-1) ?? "");

/** What a healthy Grafana says that has read these files; shapes as its HTTP API documents them. */
function answer(method: string, path: string, body: string, files: Provisioned, faults: Faults): Reply {
  const fault = faults.paths?.[`${method} ${path}`];
  if (fault) return fault;
  if (path === "/api/health") return [200, { database: "ok", version: "13.2.1" }];
  if (path.startsWith("/api/search?")) return [200, []];
  if (method === "POST" && path.startsWith("/api/admin/provisioning/")) return [200, { message: "reloaded" }];
  if (/^\/api\/datasources\/uid\/[^/]+\/health$/.test(path)) return [200, { status: "OK", message: "works" }];
  if (path.startsWith("/api/datasources/uid/"))
    return found(
      files.dataSources.find(({ uid }) => uid === lastPart(path)),
      "Data source not found",
    );
  if (path.startsWith("/api/dashboards/uid/")) {
    const dashboard = files.boards.find(({ uid }) => uid === lastPart(path));
    return found(dashboard && { dashboard, meta: { provisioned: true } }, "Dashboard not found");
  }
  if (method === "POST" && path === "/api/ds/query") return answerQueries(body, faults);
  if (path.startsWith("/api/v1/provisioning/alert-rules/"))
    return found(
      files.rules.find(({ uid }) => uid === lastPart(path)),
      "rule not found",
    );
  if (path === "/api/prometheus/grafana/api/v1/rules") {
    const rules = files.rules.map(({ title }) => ({ name: title, health: "ok" }));
    return [200, { status: "success", data: { groups: [{ rules }] } }];
  }
  if (path === "/api/v1/provisioning/contact-points")
    return [200, files.contactPoints.map((name) => ({ name }))];
  if (path === `/api/plugins/${files.plugin?.id}/settings`)
    return [200, { info: { version: files.plugin?.version } }];
  return [404, { message: "Not found" }];
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Stands in for a Grafana that has read the given files, and speaks the part of its HTTP API that is used. */
export async function startTestGrafana(files: Provisioned, faults: Faults = {}): Promise<TestGrafana> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const body = await textOf(request);
    asked.push({ method, path, body });
    const isOpen = path === "/api/health" || request.headers.authorization === `Bearer ${TOKEN}`;
    const [status, content] = isOpen
      ? answer(method, path, body, files, faults)
      : ([401, { message: "Invalid API key" }] as const);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(content));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
