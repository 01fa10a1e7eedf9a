import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { Router } from "express";

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3b5bdb"/><path d="M5 17h5l3-8 5 14 3-6h6" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const source = (name: string): string => fileURLToPath(new URL(`../page/${name}`, import.meta.url));

/** Bundles the page's script and stylesheet in memory. */
async function bundle(): Promise<{ script: string; stylesheet: string }> {
  const { outputFiles } = await build({
    entryPoints: { console: source("main.ts"), style: source("console.css") },
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    tsconfig: source("tsconfig.json"),
    logLevel: "silent",
  });
  const find = (extension: string): string =>
    outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? "";
  // Otherwise the bundler's own process stays for as long as we run.
  await stop();
  return { script: find(".js"), stylesheet: find(".css") };
}

/**
 * `GET /assets/…`: everything a page is made of, the same for everybody.
 *
 * @throws Error when the page's sources cannot be bundled
 */
export async function createAssetRoutes(): Promise<Router> {
  const { script, stylesheet } = await bundle();
  const assets: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/assets/console.js": ["text/javascript", script],
    "/assets/console.css": ["text/css", stylesheet],
    "/assets/icon.svg": ["image/svg+xml", ICON],
  };
  const router = Router();
  for (const [path, [type, body]] of Object.entries(assets)) {
    const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    router.get(path, (req, res) => {
      res.set({ ETag: tag, "Cache-Control": "no-cache" });
      if (req.get("if-none-match") === tag) return void res.status(304).end();
      res.type(type).send(body);
    });
  }
  return router;
}
