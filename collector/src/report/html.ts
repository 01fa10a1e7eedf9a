import type {
  ReportBlock,
  ReportDocument,
  ReportFigure,
  ReportNotice,
  Tone,
} from "@watchkeeper/catalogue/report-document";

export type Chart = Extract<ReportBlock, { readonly kind: "chart" }>;

const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

const COLOUR: Readonly<Record<Tone, string>> = { good: "#2b8a3e", bad: "#c92a2a", plain: "#1f2937" };
const NOTICE: Readonly<Record<ReportNotice["kind"], string>> = {
  demo: "background:#e7f5ff;border-left:4px solid #1c7ed6",
  "not-measured": "background:#fff4e6;border-left:4px solid #e8590c",
};
const CELL = "padding:8px 10px 8px 0;border-bottom:1px solid #e5e7eb;vertical-align:top";

/** Half as wide as the page; on a phone two still fit beside each other. */
const renderFigure = ({ name, value, trend, tone }: ReportFigure): string =>
  `<div style="display:inline-block;width:48%;min-width:140px;margin:0 0 14px;vertical-align:top">
<div style="font-size:13px;color:#6b7280">${escapeHtml(name)}</div>
<div style="font-size:24px;font-weight:700;color:${COLOUR[tone]}">${escapeHtml(value)}</div>
${trend === undefined ? "" : `<div style="font-size:13px;color:#6b7280">${escapeHtml(trend)}</div>`}</div>`;

/** Many columns do not fit a phone: what a row is about stands above its numbers, each with its title. */
function renderWideTable({ columns, rows }: Extract<ReportBlock, { kind: "table" }>): string {
  const [, ...titles] = columns;
  const width = `width:${Math.floor(100 / titles.length)}%`;
  const body = rows.map(([first, ...cells]) => {
    const numbers = cells.map(
      ({ text, tone = "plain" }, i) =>
        `<td style="${width};padding:0 10px 10px 0;border-bottom:1px solid #e5e7eb;vertical-align:top">` +
        `<div style="font-size:12px;color:#6b7280">${escapeHtml(titles[i]?.title ?? "")}</div>` +
        `<div style="color:${COLOUR[tone]};font-weight:${tone === "plain" ? 400 : 700}">${escapeHtml(text)}</div></td>`,
    );
    const about = `<td colspan="${titles.length}" style="padding:10px 0 4px">${escapeHtml(first?.text ?? "")}</td>`;
    return `<tr>${about}</tr>\n<tr>${numbers.join("")}</tr>`;
  });
  return `<table style="width:100%;border-collapse:collapse;font-size:14px;margin:0 0 16px">${body.join("\n")}</table>`;
}

function renderTable({ columns, rows }: Extract<ReportBlock, { kind: "table" }>): string {
  const align = (i: number): string => (columns[i]?.numeric ? "text-align:right" : "text-align:left");
  const head = columns
    .map(
      ({ title }, i) =>
        `<th style="${CELL};${align(i)};color:#6b7280;font-weight:400">${escapeHtml(title)}</th>`,
    )
    .join("");
  const body = rows
    .map(
      (cells) =>
        `<tr>${cells
          .map(
            ({ text, tone }, i) =>
              `<td style="${CELL};${align(i)}${tone ? `;color:${COLOUR[tone]};font-weight:700` : ""}">${escapeHtml(text)}</td>`,
          )
          .join("")}</tr>`,
    )
    .join("\n");
  return `<table style="width:100%;border-collapse:collapse;font-size:14px;margin:0 0 16px"><tr>${head}</tr>\n${body}</table>`;
}

function renderBlock(block: ReportBlock, sourceOf: (chart: Chart) => string): string {
  switch (block.kind) {
    case "text":
      return `<p style="margin:0 0 14px">${escapeHtml(block.text)}</p>`;
    case "list":
      return `<ul style="margin:0 0 14px;padding:0 0 0 20px">${block.items
        .map((item) => `<li style="margin:0 0 6px">${escapeHtml(item)}</li>`)
        .join("")}</ul>`;
    case "figures":
      return `<div style="margin:0 0 6px">${block.figures.map(renderFigure).join("")}</div>`;
    case "table":
      return block.columns.length > 3 ? renderWideTable(block) : renderTable(block);
    case "chart":
      return `<img src="${sourceOf(block)}" width="${block.width}" alt="${escapeHtml(block.alt)}" style="display:block;width:100%;max-width:${block.width}px;height:auto;margin:0 0 16px">`;
  }
}

/**
 * A report as a page that mail clients understand: one column, inline styles, no scripts.
 *
 * @param sourceOf where the picture of a chart is: `cid:…` in a mail, `data:…` in a file
 * @param link where the report is in the console, if anywhere
 */
export function renderHtml(
  report: ReportDocument,
  sourceOf: (chart: Chart) => string,
  link?: string,
): string {
  const notices = report.notices
    .map(
      ({ kind, text }) =>
        `<p style="margin:0 0 10px;padding:10px 12px;${NOTICE[kind]}">${escapeHtml(text)}</p>`,
    )
    .join("\n");
  const sections = report.sections
    .map(
      ({ title, blocks }) =>
        `<h2 style="margin:28px 0 12px;font-size:19px">${escapeHtml(title)}</h2>\n${blocks
          .map((block) => renderBlock(block, sourceOf))
          .join("\n")}`,
    )
    .join("\n");
  const footer = link
    ? `<p style="margin:28px 0 0"><a href="${escapeHtml(link)}" style="color:#1c4ed8">Read it in the console</a></p>`
    : "";
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>${escapeHtml(report.title)}</title></head>
<body style="margin:0;padding:0;background:#f3f4f6">
<div style="max-width:600px;margin:0 auto;padding:20px 16px;background:#ffffff;color:#1f2937;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<h1 style="margin:0 0 4px;font-size:23px;line-height:1.3">${escapeHtml(report.title)}</h1>
<p style="margin:0 0 14px;color:#6b7280">${escapeHtml(report.subtitle)}</p>
<p style="margin:0 0 14px;font-size:17px">${escapeHtml(report.summary)}</p>
${notices}
${sections}
${footer}
</div>
</body>
</html>
`;
}

/** All charts of a report, in the order in which they are read. */
export const chartsOf = ({ sections }: ReportDocument): readonly Chart[] =>
  sections.flatMap(({ blocks }) => blocks).filter((block): block is Chart => block.kind === "chart");
