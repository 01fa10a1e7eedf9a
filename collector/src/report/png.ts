import { createRequire } from "node:module";
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import type { ReportBlock } from "@watchkeeper/catalogue/report-document";

const require = createRequire(import.meta.url);

/** Servers often have no fonts: the letters of charts and PDFs come with the package. */
export const FONT_FILES = {
  regular: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  bold: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
} as const;

for (const file of Object.values(FONT_FILES)) GlobalFonts.registerFromPath(file, "DejaVu Sans");

/** For sharp screens. */
const PIXELS_PER_POINT = 2;

/** Turns a chart into a picture of twice its size. Mail clients show PNG, and no SVG. */
export async function renderPng({
  svg,
  width,
  height,
}: Extract<ReportBlock, { readonly kind: "chart" }>): Promise<Buffer> {
  const size = [width * PIXELS_PER_POINT, height * PIXELS_PER_POINT] as const;
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(...size);
  canvas.getContext("2d").drawImage(image, 0, 0, ...size);
  return canvas.encode("png");
}
