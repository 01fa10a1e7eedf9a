import { createRequire } from "node:module";
import type { ReportBlock, ReportDocument, Tone } from "@watchkeeper/catalogue/report-document";
import type { Chart } from "./html.ts";
import { FONT_FILES, type Picture } from "./picture.ts";

/** Required and not imported: a loader of TypeScript would ask its own thread for each of the modules behind it. */
const PdfDocument: typeof import("pdfkit") = createRequire(import.meta.url)("pdfkit");

const MARGIN = 50;
const COLOUR: Readonly<Record<Tone, string>> = { good: "#2b8a3e", bad: "#c92a2a", plain: "#1f2937" };
const QUIET = "#6b7280";

type Pdf = InstanceType<typeof PdfDocument>;

const widthOf = (pdf: Pdf): number => pdf.page.width - 2 * MARGIN;

/** Begins a new page unless so much is free on this one. */
function need(pdf: Pdf, height: number): void {
  if (pdf.y + height > pdf.page.height - MARGIN) pdf.addPage();
  pdf.x = MARGIN;
}

function writeFigures(pdf: Pdf, { figures }: Extract<ReportBlock, { kind: "figures" }>): void {
  const width = widthOf(pdf) / 2;
  for (let i = 0; i < figures.length; i += 2) {
    need(pdf, 54);
    const top = pdf.y;
    figures.slice(i, i + 2).forEach(({ name, value, trend, tone }, side) => {
      const x = MARGIN + side * width;
      pdf.font("regular").fontSize(9).fillColor(QUIET).text(name, x, top, { width });
      pdf
        .font("bold")
        .fontSize(16)
        .fillColor(COLOUR[tone])
        .text(value, x, top + 12, { width });
      if (trend !== undefined)
        pdf
          .font("regular")
          .fontSize(9)
          .fillColor(QUIET)
          .text(trend, x, top + 33, { width });
    });
    pdf.y = top + 52;
  }
}

function writeTable(pdf: Pdf, { columns, rows }: Extract<ReportBlock, { kind: "table" }>): void {
  const texts = columns.filter(({ numeric }) => !numeric).length;
  const numberWidth = 74;
  const textWidth = (widthOf(pdf) - (columns.length - texts) * numberWidth) / texts;
  const widths = columns.map(({ numeric }) => (numeric ? numberWidth : textWidth));
  const row = (cells: readonly { text: string; tone?: Tone }[], head: boolean): void => {
    pdf.font("regular").fontSize(9);
    const height =
      Math.max(...cells.map(({ text }, i) => pdf.heightOfString(text, { width: (widths[i] ?? 0) - 8 }))) + 8;
    need(pdf, height);
    const top = pdf.y;
    let x = MARGIN;
    cells.forEach(({ text, tone }, i) => {
      const width = widths[i] ?? 0;
      pdf
        .font(tone ? "bold" : "regular")
        .fillColor(head ? QUIET : COLOUR[tone ?? "plain"])
        .text(text, x, top + 4, { width: width - 8, align: columns[i]?.numeric ? "right" : "left" });
      x += width;
    });
    pdf.y = top + height;
    pdf
      .moveTo(MARGIN, pdf.y)
      .lineTo(MARGIN + widthOf(pdf), pdf.y)
      .lineWidth(0.5)
      .strokeColor("#e5e7eb")
      .stroke();
  };
  row(
    columns.map(({ title }) => ({ text: title })),
    true,
  );
  for (const cells of rows) row(cells, false);
  pdf.x = MARGIN;
  pdf.moveDown(0.8);
}

function writeBlock(pdf: Pdf, block: ReportBlock, pictures: ReadonlyMap<Chart, Picture>): void {
  pdf.x = MARGIN;
  pdf.font("regular").fontSize(10.5).fillColor(COLOUR.plain);
  switch (block.kind) {
    case "text":
      pdf.text(block.text).moveDown(0.6);
      break;
    case "list":
      for (const item of block.items) pdf.text(`•  ${item}`, { indent: 0 }).moveDown(0.3);
      pdf.moveDown(0.4);
      break;
    case "figures":
      writeFigures(pdf, block);
      break;
    case "table":
      writeTable(pdf, block);
      break;
    case "chart": {
      const picture = pictures.get(block);
      if (!picture) break;
      const width = Math.min(360, widthOf(pdf));
      const height = (width * block.height) / block.width;
      need(pdf, height + 8);
      pdf.image(picture.jpeg, MARGIN, pdf.y, { width });
      pdf.y += height + 8;
    }
  }
}

/** A report on A4 pages, with its letters in the file. */
export async function renderPdf(
  report: ReportDocument,
  pictures: ReadonlyMap<Chart, Picture>,
): Promise<Buffer> {
  const pdf = new PdfDocument({
    size: "A4",
    margin: MARGIN,
    info: { Title: report.title, Author: "Watchkeeper" },
    lang: "en",
    font: FONT_FILES.regular,
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", resolve);
    pdf.on("error", reject);
  });
  pdf.registerFont("regular", FONT_FILES.regular).registerFont("bold", FONT_FILES.bold);
  pdf.font("bold").fontSize(18).fillColor(COLOUR.plain).text(report.title);
  pdf.font("regular").fontSize(10).fillColor(QUIET).text(report.subtitle).moveDown(0.8);
  pdf.fontSize(12).fillColor(COLOUR.plain).text(report.summary).moveDown(0.6);
  for (const { kind, text } of report.notices) {
    pdf
      .fontSize(10)
      .fillColor(kind === "demo" ? "#1c7ed6" : "#c2410c")
      .text(text)
      .moveDown(0.4);
  }
  for (const { title, blocks } of report.sections) {
    pdf.x = MARGIN;
    pdf.moveDown(0.6);
    need(pdf, 80);
    pdf.font("bold").fontSize(14).fillColor(COLOUR.plain).text(title).moveDown(0.5);
    for (const block of blocks) writeBlock(pdf, block, pictures);
  }
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}
