import { type Html, html } from "@watchkeeper/web/html";

/** Where a page says that some of what it shows was made up; its script knows whether it is so. */
export const renderDemo = (): Html =>
  html`<p class="demo" data-demo hidden title="This past was made up, so that there is something to see. Nothing of it was measured."></p>`;
