import { type Hole, Html, html } from "@watchkeeper/web/html";
import { renderMarkdown } from "../runbooks/markdown.ts";
import { renderDemo } from "../web/demo.ts";
import type { Board, BoardPage } from "./model.ts";
import { panelsOf } from "./panels-of.ts";

/** JSON within a script element, which nothing in it can end. */
const embedded = (value: unknown): Html =>
  new Html(
    JSON.stringify(value)
      .replace(/</g, "\\u003c")
      .replace(/\u2028/g, "\\u2028"),
  );

/** The content of text panels as HTML that cannot do anything. */
function renderTexts(board: Board, publicUrl: string): BoardPage["texts"] {
  const texts = panelsOf(board).filter(({ type }) => type === "text");
  return Object.fromEntries(
    texts.map(({ id, options }) => [String(id), renderMarkdown(String(options?.content ?? ""), publicUrl)]),
  );
}

/** What the board is for, without the note for who would edit its JSON. */
const aboutOf = ({ description = "" }: Board): string =>
  description.replace(/\s*Generated (?:from|by) .*$/s, "");

/** A board without panels: the page's script draws them from the JSON that the page carries. */
export function renderBoard(board: Board, publicUrl: string): Html {
  const page: BoardPage = { board, texts: renderTexts(board, publicUrl) };
  return html`
  <header class="page-head board-head">
    <div>
      <h1>${board.title}</h1>
      <p class="summary">${aboutOf(board)}</p>
    </div>
    <div class="tools board-tools" data-tools></div>
  </header>
  <div class="board-bar"><div class="pickers" data-pickers></div><p class="now" data-incidents></p>${renderDemo()}<nav class="board-links" aria-label="Related boards" data-links></nav></div>
  <div class="cards" data-cards></div>
  <p class="sr" data-announce role="status" aria-live="polite"></p>
  <noscript><p class="note">This page is drawn by its script.</p></noscript>
  <script type="application/json" data-board>${embedded(page)}</script>`;
}

const renderEntry = (board: Board): Hole => html`
  <li><a href="/boards/${board.uid}"><b>${board.title}</b><span>${aboutOf(board)}</span></a></li>`;

/** The list of all boards. */
export const renderBoardIndex = (boards: readonly Board[]): Html => html`
  <header class="page-head"><div><h1>Boards</h1><p class="summary">The same boards that Grafana shows, drawn here.</p></div></header>
  ${
    boards.length > 0
      ? html`<ul class="entries">${boards.map(renderEntry)}</ul>`
      : html`<p class="note">There are none: <code>npm run gen</code> writes them.</p>`
  }`;
