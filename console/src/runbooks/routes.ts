import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Html, html, Html as SafeHtml } from "@watchkeeper/web/html";
import { Router } from "express";
import { renderMessage, renderPage } from "../web/layout.ts";
import { renderMarkdown } from "./markdown.ts";

/** An alert's name: nothing that could leave the folder. */
const NAME = /^[A-Za-z][A-Za-z0-9]{0,99}$/;
const INDEX = "README";

async function listRunbooks(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3))
    .filter((name) => NAME.test(name) && name !== INDEX)
    .sort();
}

/** @returns undefined when there is no runbook of this name */
async function readRunbook(folder: string, name: string): Promise<string | undefined> {
  if (!NAME.test(name)) return undefined;
  try {
    return await readFile(join(folder, `${name}.md`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const page = (title: string, main: Html): string =>
  renderPage({ title, kind: "text", section: "/runbooks", main });

/** `GET /runbooks` and `GET /runbooks/:alert`: the pages of a folder of Markdown files. */
export function createRunbookRoutes(folder: string, publicUrl: string): Router {
  const router = Router();

  router.get("/runbooks", async (_req, res) => {
    const names = await listRunbooks(folder);
    res.send(
      page(
        "Runbooks",
        html`<header class="page-head"><div><h1>Runbooks</h1><p class="summary">What to do when an alert fires.</p></div></header>
        <section class="panel" aria-label="Runbooks">${
          names.length > 0
            ? html`<ul class="links">${names.map((name) => html`<li><a href="/runbooks/${name}">${name}</a></li>`)}</ul>`
            : html`<p class="note">There are none: <code>npm run gen</code> writes them.</p>`
        }</section>`,
      ),
    );
  });

  router.get("/runbooks/:alert", async (req, res) => {
    const name = req.params.alert;
    const source = await readRunbook(folder, name);
    if (source === undefined) {
      res.status(404).send(renderMessage("There is no such runbook", "The list of all is at /runbooks."));
      return;
    }
    const text = new SafeHtml(renderMarkdown(source, publicUrl));
    res.send(
      page(
        name,
        html`<p class="crumbs"><a href="/runbooks">Runbooks</a> / ${name}</p><article class="prose">${text}</article>`,
      ),
    );
  });

  return router;
}
