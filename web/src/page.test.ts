import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAssetRoutes, icon } from "./assets.ts";
import { bundlePage } from "./bundle.ts";
import { renderHead } from "./head.ts";
import { protectPages } from "./protect.ts";

let server: Server;
let url: string;
beforeAll(async () => {
  const app = express();
  app.use("/plain", protectPages({}), (_req, res) => void res.send("plain"));
  app.use(protectPages({ forms: true, frames: true }), createAssetRoutes({ "/icon.svg": icon("M1 1h2") }));
  server = createServer(app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const policyOf = async (path: string): Promise<string> =>
  (await fetch(url + path)).headers.get("content-security-policy") ?? "";

test("a page gets nothing from outside and nothing inline", async () => {
  expect(await policyOf("/plain")).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';" +
      "frame-src 'none';form-action 'none';base-uri 'none';frame-ancestors 'none'",
  );
});

test("a page may send forms and show frames where it says so", async () => {
  expect(await policyOf("/icon.svg")).toContain("frame-src 'self';form-action 'self'");
});

test("a browser that has an asset is told so, and one that has another gets it", async () => {
  const first = await fetch(`${url}/icon.svg`);
  expect(first.headers.get("content-type")).toContain("image/svg+xml");
  expect(await first.text()).toContain('d="M1 1h2"');
  const tag = first.headers.get("etag") ?? "";
  const ask = (known: string) => fetch(`${url}/icon.svg`, { headers: { "if-none-match": known } });
  expect((await ask(tag)).status).toBe(304);
  expect((await ask('"another"')).status).toBe(200);
});

test("an asset is compressed for who can read that, and plain for who cannot", async () => {
  const encodingOf = async (accepted: string) => {
    const answer = await fetch(`${url}/icon.svg`, { headers: { "accept-encoding": accepted } });
    expect(await answer.text()).toContain('d="M1 1h2"');
    expect(answer.headers.get("vary")).toBe("Accept-Encoding");
    return answer.headers.get("content-encoding");
  };
  expect(await encodingOf("gzip, br")).toBe("gzip");
  expect(await encodingOf("identity")).toBeNull();
});

test("a bundle holds the base styles, and a source that is not there is an error", async () => {
  const stylesheet = new URL("page/base.css", import.meta.url);
  const script = new URL("html.ts", import.meta.url);
  expect((await bundlePage({ script, stylesheet })).stylesheet).toContain("color-scheme:light dark");
  await expect(bundlePage({ script, stylesheet: new URL("nothing.css", import.meta.url) })).rejects.toThrow(
    "nothing.css",
  );
});

test("a head escapes its title and names a script only where there is one", () => {
  const head = { title: "</title>", icon: "/i.svg", stylesheet: "/s.css" };
  expect(renderHead(head).text).toContain("<title>&lt;/title&gt; · Watchkeeper</title>");
  expect(renderHead(head).text).not.toContain("<script");
  expect(renderHead({ ...head, script: "/p.js" }).text).toContain('<script type="module" src="/p.js">');
});
