import { type Html, html } from "@watchkeeper/web/html";
import { renderDemo } from "../web/demo.ts";
import { type RangeName, ranges } from "./model.ts";

/** A stat; the page's script fills it. Its size never changes, whatever is in it. */
const renderStat = (panel: string, label: string, note: string): Html => html`
  <div class="stat" data-panel="${panel}" data-state="loading" data-value="">
    <h3>${label}</h3>
    <p class="value" data-text>…</p>
    <p class="note" data-note>${note}</p>
  </div>`;

const renderChart = (panel: string, title: string): Html => html`
  <div class="chart-frame" data-panel="chart-${panel}" data-state="loading" data-value="">
    <div class="chart" data-chart="${panel}" role="img" aria-label="${title}"></div>
    <p class="chart-note" data-note></p>
    <p class="readout" data-readout aria-hidden="true"></p>
  </div>`;

const renderList = (panel: string, title: string, extra: Html | false = false): Html => html`
  <section class="panel" data-panel="${panel}" data-state="loading" data-value="" aria-labelledby="${panel}-title">
    <header><h2 id="${panel}-title">${title}</h2>${extra}</header>
    <p class="note" data-note></p>
    <div data-list></div>
  </section>`;

/** The board without values. */
export const renderOverview = (range: RangeName): Html => html`
  <header class="page-head">
    <div>
      <h1>Now</h1>
      <p class="summary" data-summary role="status" aria-live="polite">Asking Prometheus and the pager…</p>
    </div>
    <div class="tools">
      ${renderDemo()}
      <p class="live" data-live>loading</p>
      <nav class="ranges" aria-label="Range of the charts">${Object.entries(ranges).map(
        ([name, { title }]) =>
          html`<a href="?range=${name}" data-range="${name}" ${name === range && "aria-current=true"}>${title}</a>`,
      )}</nav>
    </div>
  </header>
  <div class="board">
    <section class="panel" aria-label="Request rate">
      ${renderStat("rate", "Request rate", "a second, over the last minute")}
      ${renderChart("rate", "Request rate")}
    </section>
    <section class="panel" aria-label="Error ratio">
      ${renderStat("errors", "Error ratio", "of requests, over the last minute")}
      ${renderChart("errors", "Error ratio")}
    </section>
    <section class="panel" aria-label="Latency">
      <div class="stats">
        ${renderStat("p50", "Latency p50", "half are faster")}
        ${renderStat("p95", "p95", "95 % are faster")}
        ${renderStat("p99", "p99", "99 % are faster")}
      </div>
      ${renderChart("latency", "Latency")}
    </section>
    <div class="wide">
      ${renderList("incidents", "Open incidents", html`<a href="/incidents">All incidents</a>`)}
      <section class="panel checks" aria-label="From outside, and to people">
        <div class="check" data-panel="outside" data-state="loading" data-value="">
          <h3>Directory, from outside</h3>
          <p data-note>…</p>
        </div>
        <div class="check" data-panel="watchdog" data-state="loading" data-value="">
          <h3>Alert path</h3>
          <p data-note>…</p>
        </div>
      </section>
    </div>
    ${renderList("jobs", "Who is alive")}
  </div>`;
