import type { ReportBlock } from "@watchkeeper/catalogue/report-document";
import { type TopListName, topLists } from "@watchkeeper/catalogue/top-lists";
import { type Html, html } from "@watchkeeper/web/html";
import type { Report, ReportEntry, TopTable } from "./model.ts";

const renderTable = ({ columns, rows }: Extract<ReportBlock, { kind: "table" }>): Html => html`
  <div class="scroll"><table><thead><tr>${columns.map(
    ({ title, numeric }) => html`<th scope="col" class="${numeric ? "figure" : ""}">${title}</th>`,
  )}</tr></thead>
  <tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map(
        ({ text, tone = "plain" }, i) =>
          html`<td class="${columns[i]?.numeric ? "figure " : ""}tone-${tone}">${text}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;

function renderBlock(block: ReportBlock, chartHref: () => string): Html {
  switch (block.kind) {
    case "text":
      return html`<p>${block.text}</p>`;
    case "list":
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case "figures":
      return html`<dl class="report-figures">${block.figures.map(
        ({ name, value, trend, tone }) => html`
        <div><dt>${name}</dt><dd class="tone-${tone}">${value}</dd>${trend !== undefined && html`<dd class="quiet">${trend}</dd>`}</div>`,
      )}</dl>`;
    case "table":
      return renderTable(block);
    case "chart":
      return html`<img class="report-chart" src="${chartHref()}" width="${block.width}" height="${block.height}" alt="${block.alt}">`;
  }
}

/** One report. Its charts are pictures at addresses of their own. */
export function renderReport(report: Report): Html {
  let chart = 0;
  const chartHref = (): string => `/reports/${report.period}/charts/${chart++}.svg`;
  return html`
  <header class="page-head"><div>
    <p class="crumbs"><a href="/reports">Reports</a> / ${report.period}</p>
    <h1>${report.title}</h1>
    <p class="summary">${report.subtitle}</p>
  </div></header>
  <article class="prose report">
    <p class="report-summary">${report.summary}</p>
    ${report.notices.map(({ kind, text }) => html`<p class="report-notice ${kind}">${text}</p>`)}
    ${report.sections.map(
      ({ title, blocks }) =>
        html`<section><h2>${title}</h2>${blocks.map((block) => renderBlock(block, chartHref))}</section>`,
    )}
  </article>`;
}

const inWords = ({ kind, period }: ReportEntry): string =>
  kind === "week" ? `Week ${Number(period.slice(6))} of ${period.slice(0, 4)}` : `Month ${period}`;

const renderTop = (list: TopListName, { columns, rows }: TopTable): Html => html`
  <section class="panel" aria-labelledby="top-${list}" data-panel="top-${list}" data-state="${rows.length > 0 ? "ready" : "empty"}" data-value="${rows.length}">
    <header><h2 id="top-${list}">${topLists[list].title}</h2></header>
    ${
      rows.length > 0
        ? html`<div class="scroll"><table><thead><tr>${columns.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
    <tbody>${rows.map(
      (cells) =>
        html`<tr>${cells.map((cell) => html`<td class="${typeof cell === "number" && "figure"}">${cell}</td>`)}</tr>`,
    )}</tbody></table></div>`
        : html`<p class="note">Nothing that enough people looked for.</p>`
    }
  </section>`;

/** All reports, and what people looked for in the last seven days. */
export const renderReports = (
  entries: readonly ReportEntry[],
  terms: TopTable,
  profiles: TopTable,
): Html => html`
  <header class="page-head"><div><h1>Reports</h1><p class="summary">What was promised and kept, what it cost, and how people use the directory. Managers get the same by mail.</p></div></header>
  <ul class="entries">${entries.map(
    (entry) =>
      html`<li><a href="/reports/${entry.period}"><b>${inWords(entry)}</b><span>${entry.period}</span></a></li>`,
  )}</ul>
  <h2 class="report-top-title">What people looked for in the last seven days</h2>
  <p class="summary">Each row is about one company, and about so many of its people that none of them can be told.</p>
  <div class="halves">
    ${renderTop("search-terms", terms)}
    ${renderTop("profiles", profiles)}
  </div>`;

/** Instead of reports while the collector does not answer. */
export const renderReportsAway = (reason: string): Html => html`
  <header class="page-head"><div><h1>Reports</h1></div></header>
  <section class="panel" data-panel="reports" data-state="error" data-value="">
    <p class="note" role="alert">${reason}. Reports are shown when it answers again.</p>
  </section>`;
