import { type Html, html } from "./html.ts";

export interface PageHead {
  /** What this page shows; the browser's tab says so first. */
  readonly title: string;
  readonly icon: string;
  readonly stylesheet: string;
  /** None for a page that does nothing. */
  readonly script?: string | undefined;
}

/** What stands in the `<head>` of each of our pages; all but the title are addresses of its assets. */
export const renderHead = ({ title, icon, stylesheet, script }: PageHead): Html => html`<meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Watchkeeper</title>
  <link rel="icon" href="${icon}" type="image/svg+xml">
  <link rel="stylesheet" href="${stylesheet}">${
    script &&
    html`
  <script type="module" src="${script}"></script>`
  }`;
