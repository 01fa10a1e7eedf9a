import { createRequire } from "node:module";
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import { type Chart, chartsOf } from "./html.ts";

const require = createRequire(import.meta.url);

/** Servers often have no fonts: the letters of charts and PDFs come with the package. */
export const FONT_FILES = {
  regular: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  bold: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
} as const;

for (const file of Object.values(FONT_FILES)) GlobalFonts.registerFromPath(file, "DejaVu Sans");

/** For sharp screens. */
const PIXELS_PER_POINT = 2;

/** So good that letters have no shadows. */
const JPEG_QUALITY = 95;

/** A chart in twice its size. */
export interface Picture {
  /** For mail clients, of which most show no SVG. */
  readonly png: Buffer;
  /**
   * For a PDF, which takes it as it is: of a PNG that has room for transparency, as all of Skia's do, pdfkit would unpack
   * and pack every point, for a sixth of a second and 20 MB.
   */
  readonly jpeg: Buffer;
}

async function draw({ svg, width, height }: Chart): Promise<Picture> {
  const size = [width * PIXELS_PER_POINT, height * PIXELS_PER_POINT] as const;
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(...size);
  canvas.getContext("2d").drawImage(image, 0, 0, ...size);
  const [png, jpeg] = await Promise.all([canvas.encode("png"), canvas.encode("jpeg", JPEG_QUALITY)]);
  return { png, jpeg };
}

/** The charts of a report as pictures. */
export async function drawCharts(report: ReportDocument): Promise<ReadonlyMap<Chart, Picture>> {
  const charts = chartsOf(report);
  const pictures = await Promise.all(charts.map(draw));
  return new Map(charts.map((chart, i) => [chart, pictures[i] as Picture]));
}
