import { renderHead } from "@watchkeeper/web/head";
import { type Html, html } from "@watchkeeper/web/html";

const head = (title: string, script?: string): Html =>
  renderHead({ title, icon: "/assets/icon.svg", stylesheet: "/assets/console.css", script });

const SECTIONS = [
  ["/", "Now"],
  ["/boards", "Boards"],
  ["/incidents", "Incidents"],
  ["/reports", "Reports"],
  ["/runbooks", "Runbooks"],
] as const;

export interface PageParts {
  readonly title: string;
  /**
   * What the page's script does here: `board` shows what is now, `grafana` draws a board of Grafana, `document` renews
   * itself, `text` does not change.
   */
  readonly kind: "board" | "grafana" | "document" | "text";
  /** The section of the navigation that the page belongs to. */
  readonly section?: (typeof SECTIONS)[number][0];
  readonly main: Html;
}

/** A whole page for somebody who is signed in. */
export const renderPage = ({ title, kind, section, main }: PageParts): string =>
  html`<!doctype html>
<html lang="en">
<head>
  ${head(title, "/assets/console.js")}
</head>
<body data-page="${kind}">
  <a class="skip" href="#main">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26"><span>Watchkeeper</span></a>
    <nav aria-label="Sections">${SECTIONS.map(
      ([href, label]) => html`<a href="${href}" ${section === href && "aria-current=page"}>${label}</a>`,
    )}</nav>
    <form method="post" action="/logout"><button type="submit" class="plain">Sign out</button></form>
  </header>
  <main id="main" data-main>${main}</main>
</body>
</html>`.text;

/** A page of one sentence, without a script: for people who are not signed in, and for errors. */
export const renderMessage = (title: string, text: string): string =>
  html`<!doctype html>
<html lang="en">
<head>${head(title)}</head>
<body>
  <main class="message">
    <img src="/assets/icon.svg" alt="" width="40" height="40">
    <h1>${title}</h1>
    <p>${text.split("`").map((part, i) => (i % 2 ? html`<code>${part}</code>` : part))}</p>
  </main>
</body>
</html>`.text;
