import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import compression from "compression";
import cookieParser from "cookie-parser";
import cors from "cors";
import express, { type ErrorRequestHandler, type Express } from "express";
import helmet from "helmet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instrumentHttp } from "../http.ts";
import { createMetrics } from "../metrics.ts";

const FILE = fileURLToPath(import.meta.url);

type Extended = Record<string, () => unknown>;

/** An app that uses what apps use of Express, and that looks at itself. */
function createWideApp(prepare: (app: Express) => void): Express {
  const app = express();
  (app.request as unknown as Extended).before = () => "before";
  prepare(app);
  (app.request as unknown as Extended).custom = function (this: express.Request) {
    return `custom ${this.method}`;
  };
  (app.response as unknown as Extended).hi = function (this: express.Response) {
    return this.send("hi");
  };
  app.set("trust proxy", 1);
  app.use(helmet(), cors(), compression({ threshold: 10 }), cookieParser("secret"));
  app.use(express.json({ limit: "1kb" }), express.urlencoded({ extended: true }));
  app.get("/self", (request, response) => {
    const extended = request as unknown as Extended;
    response.json({
      ip: request.ip,
      hostname: request.hostname,
      path: request.path,
      query: request.query,
      cookies: request.cookies,
      ownApp: request.app === app && response.app === app,
      linked: request.res === response && response.req === request,
      instances: request instanceof IncomingMessage && response instanceof ServerResponse,
      names: [request.constructor.name, response.constructor.name],
      keys: [Object.keys(request), Object.keys(response)],
      extended: [extended.before?.(), extended.custom?.()],
    });
  });
  app.get("/hi", (_request, response) => void (response as unknown as Extended).hi?.());
  app.post("/json", (request, response) => void response.status(201).cookie("x", "1").json(request.body));
  app.get("/signed", (_request, response) => void response.cookie("s", "1", { signed: true }).end());
  app.get("/redirect", (_request, response) => response.redirect("/self"));
  app.get("/file", (_request, response) => response.sendFile(FILE));
  app.get("/download", (_request, response) => response.download(FILE, "name.txt"));
  app.get("/stream", (_request, response) => void createReadStream(FILE).pipe(response));
  app.get("/chunks", (_request, response) => {
    response.write("one,");
    setImmediate(() => response.end("two"));
  });
  app.get("/throws", () => {
    throw new Error("boom");
  });
  app.get("/rejects", async () => {
    throw Object.assign(new Error("teapot"), { status: 418 });
  });
  app.get("/format", (_request, response) => {
    response.format({ json: () => response.json({}), html: () => response.send("<p>") });
  });
  app.get("/none", (_request, response) => void response.sendStatus(204));
  const sub = express();
  (sub.request as unknown as Extended).subOnly = () => "sub";
  sub.get("/x", (request, response) => {
    const extended = request as unknown as Extended;
    response.json({
      sub: extended.subOnly?.(),
      custom: extended.custom?.(),
      base: request.baseUrl,
      ownApp: request.app === sub,
    });
  });
  app.use("/sub/:team", sub);
  const router = express.Router({ mergeParams: true });
  router.get("/leaf/:id", (request, response) => {
    response.json({ params: request.params, base: request.baseUrl, path: request.route.path });
  });
  app.use("/router/:team", router);
  app.get("/after", (request, response) => {
    response.json({ ownApp: request.app === app, sub: "subOnly" in request });
  });
  app.use(((error, _request, response, _next) => {
    response.status(error.status ?? 500).send(`failed: ${error.message}`);
  }) as ErrorRequestHandler);
  return app;
}

let servers: readonly Server[];
let close: () => void;

beforeAll(async () => {
  const bare = createServer(createWideApp(() => undefined)).listen(0, "127.0.0.1");
  const ours = createWideApp((app) => {
    ({ close } = instrumentHttp(app, createMetrics()));
  }).listen(0, "127.0.0.1");
  servers = [bare, ours];
  await Promise.all(servers.map((server) => server.listening || once(server, "listening")));
});
afterAll(() => {
  close();
  for (const server of servers) server.close().closeAllConnections();
});

/** The answer as a client sees it, but for when and where it came from. */
async function answerOf(server: Server, path: string, init: RequestInit): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    redirect: "manual",
    ...init,
    headers: {
      cookie: "k=v",
      "x-forwarded-for": "9.9.9.9",
      "x-forwarded-host": "directory.example",
      origin: "http://elsewhere.example",
      ...init.headers,
    },
  });
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== "date"));
  return [response.status, headers, (await response.text()).replaceAll(String(port), "PORT")];
}

const json = { "content-type": "application/json" };

test.each<[string, RequestInit]>([
  ["/self?x=1&y=2", {}],
  ["/hi", {}],
  ["/json", { method: "POST", body: '{"a":1}', headers: json }],
  ["/json", { method: "POST", body: "{", headers: json }],
  ["/json", { method: "POST", body: `"${"x".repeat(5_000)}"`, headers: json }],
  [
    "/json",
    { method: "POST", body: "a=1&b[c]=2", headers: { "content-type": "application/x-www-form-urlencoded" } },
  ],
  ["/signed", {}],
  ["/redirect", {}],
  ["/file", {}],
  ["/file", { headers: { range: "bytes=0-9" } }],
  ["/file", { method: "HEAD" }],
  ["/download", {}],
  ["/stream", {}],
  ["/chunks", {}],
  ["/throws", {}],
  ["/rejects", {}],
  ["/format", { headers: { accept: "text/html" } }],
  ["/none", {}],
  ["/sub/7/x", {}],
  ["/sub/7/nothing", {}],
  ["/router/5/leaf/6?y=2", {}],
  ["/after", {}],
  ["/nowhere", {}],
  ["/%E0%A4%A", {}],
  ["/self", { method: "OPTIONS" }],
  ["/self", { method: "DELETE" }],
])("%s is answered as a bare Express answers it (%o)", async (path, init) => {
  const [bare, ours] = await Promise.all(servers.map((server) => answerOf(server, path, init)));
  expect(ours).toEqual(bare);
});

test("requests keep one hidden class, which is what makes them fast", async () => {
  const prototypes = new Set<object>();
  const app = express();
  const http = instrumentHttp(app, createMetrics());
  app.get("/", (request, response) => {
    prototypes.add(Object.getPrototypeOf(request));
    response.end();
  });
  const server = http.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  for (let i = 0; i < 3; i++) await answerOf(server, "/", {});
  expect([...prototypes]).toEqual([http.classes.IncomingMessage.prototype]);
  http.close();
  server.close().closeAllConnections();
});
