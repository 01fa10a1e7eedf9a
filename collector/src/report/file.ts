import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import { renderHtml } from "./html.ts";
import { drawCharts } from "./picture.ts";

/** A report as one HTML file with its pictures inside. */
export async function renderFile(report: ReportDocument): Promise<string> {
  const pictures = await drawCharts(report);
  return renderHtml(
    report,
    (chart) => `data:image/png;base64,${pictures.get(chart)?.png.toString("base64")}`,
  );
}
