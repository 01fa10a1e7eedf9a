import type { ReportBlock, ReportDocument } from "@watchkeeper/catalogue/report-document";

function renderBlock(block: ReportBlock): readonly string[] {
  switch (block.kind) {
    case "text":
      return [block.text, ""];
    case "list":
      return [...block.items.map((item) => `- ${item}`), ""];
    case "figures":
      return [
        ...block.figures.map(
          ({ name, value, trend }) => `${name}: ${value}${trend === undefined ? "" : ` (${trend})`}`,
        ),
        "",
      ];
    case "table":
      return [
        ...block.rows.map((cells) =>
          cells
            .map(({ text }, i) => (i === 0 ? text : `${block.columns[i]?.title.toLowerCase()}: ${text}`))
            .join(" | "),
        ),
        "",
      ];
    case "chart":
      return [];
  }
}

/** A report for people who read mail without HTML. */
export const renderPlain = (report: ReportDocument, link?: string): string =>
  [
    report.title,
    report.subtitle,
    "",
    report.summary,
    "",
    ...report.notices.flatMap(({ text }) => [`! ${text}`, ""]),
    ...report.sections.flatMap(({ title, blocks }) => [
      title.toUpperCase(),
      "",
      ...blocks.flatMap(renderBlock),
    ]),
    ...(link ? [link, ""] : []),
  ].join("\n");
