import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import type { Answer } from "./draw-apart.ts";
import { renderPdf } from "./pdf.ts";
import { drawCharts } from "./picture.ts";

/* Draws one report for `draw-apart.ts`, which then ends it. */

async function draw(report: ReportDocument): Promise<Answer> {
  try {
    const pictures = await drawCharts(report);
    const charts = [...pictures.values()].map(({ png }) => png);
    return { drawn: { charts, pdf: await renderPdf(report, pictures) } };
  } catch (error) {
    return { reason: String(error) };
  }
}

process.once("disconnect", () => process.exit());
process.once("message", async (report: ReportDocument) => process.send?.(await draw(report)));
