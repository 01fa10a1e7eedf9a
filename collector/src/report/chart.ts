import type { ReportBlock } from "@watchkeeper/catalogue/report-document";

type Chart = Extract<ReportBlock, { readonly kind: "chart" }>;

/** Narrow, so that its words can still be read where a phone makes it narrower. */
const WIDTH = 480;
const FONT = "DejaVu Sans, Verdana, sans-serif";
const INK = "#1f2937";
const QUIET = "#6b7280";
const LINE = "#e5e7eb";

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const text = (x: number, y: number, words: string, more = "", ink = INK): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="${FONT}" font-size="13" fill="${ink}" ${more}>${escapeXml(words)}</text>`;

const draw = (alt: string, height: number, content: string): Chart => ({
  kind: "chart",
  alt,
  width: WIDTH,
  height,
  svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"><rect width="${WIDTH}" height="${height}" fill="#ffffff"/>${content}</svg>`,
});

/** A round number of at least this: 1, 2 or 5 with zeros. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

export interface Column {
  readonly label: string;
  /** Undefined where nothing was measured: an empty place, not a zero. */
  readonly value: number | undefined;
}

/** Upright bars, one for each day. @param format writes the values of the scale */
export function columnChart(
  alt: string,
  title: string,
  columns: readonly Column[],
  format: (value: number) => string,
  colour = "#3b5bdb",
): Chart {
  const height = 220;
  const area = { left: 64, right: WIDTH - 8, top: 44, bottom: height - 30 };
  const largest = Math.max(0, ...columns.map(({ value }) => value ?? 0));
  const top = largest > 0 ? roundUp(largest) : 1;
  const y = (value: number): number => area.bottom - (value / top) * (area.bottom - area.top);
  const scale = largest > 0 ? [0, top / 2, top] : [0];
  const grid = scale
    .map(
      (value) =>
        `<line x1="${area.left}" x2="${area.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${LINE}"/>` +
        text(area.left - 8, y(value) + 4, format(value), 'text-anchor="end"', QUIET),
    )
    .join("");
  const step = (area.right - area.left) / Math.max(1, columns.length);
  // Thirty labels would lie on one another.
  const every = Math.ceil((columns.length * 52) / (area.right - area.left));
  const bars = columns
    .map(({ label, value }, i) => {
      const x = area.left + i * step + step * 0.14;
      const width = step * 0.72;
      const middle = x + width / 2;
      const bar =
        value === undefined
          ? text(middle, area.bottom - 6, "–", 'text-anchor="middle"', QUIET)
          : `<rect x="${x.toFixed(1)}" y="${y(value).toFixed(1)}" width="${width.toFixed(1)}" height="${(area.bottom - y(value)).toFixed(1)}" rx="2" fill="${colour}"/>`;
      const name = i % every === 0 ? text(middle, height - 10, label, 'text-anchor="middle"') : "";
      return bar + name;
    })
    .join("");
  return draw(alt, height, text(8, 22, title, 'font-weight="bold"') + grid + bars);
}

export interface Bar {
  readonly label: string;
  /** 1 is the whole width. More is cut off and says so by its words. */
  readonly share: number;
  readonly words: string;
  readonly colour: string;
}

/** Lying bars with their words, one for each thing. */
export function barChart(alt: string, title: string, bars: readonly Bar[]): Chart {
  const row = 40;
  const height = 40 + bars.length * row;
  const content = bars
    .map(({ label, share, words, colour }, i) => {
      const top = 40 + i * row;
      const width = Math.max(0, Math.min(1, share)) * (WIDTH - 16);
      return (
        text(8, top + 12, label) +
        text(WIDTH - 8, top + 12, words, 'text-anchor="end"') +
        `<rect x="8" y="${top + 19}" width="${WIDTH - 16}" height="9" rx="4" fill="${LINE}"/>` +
        `<rect x="8" y="${top + 19}" width="${width.toFixed(1)}" height="9" rx="4" fill="${colour}"/>`
      );
    })
    .join("");
  return draw(alt, height, text(8, 22, title, 'font-weight="bold"') + content);
}
