import uPlot from "uplot";
import { type Field, fieldOf, showValue } from "../../../boards/field.ts";
import { fixed } from "../../../boards/units.ts";
import { make } from "../../dom.ts";
import { timeAxis, valueAxis } from "../axes.ts";
import { isDark } from "../colours.ts";
import type { PanelData } from "../data.ts";
import { drawHappenings } from "../marks.ts";
import { createTooltip, momentOf } from "../tooltip.ts";
import type { Stage, View } from "../view.ts";

/** How many fell between two edges, over time. */
interface Band {
  /** The upper edge; Infinity for what lies above all edges. */
  readonly edge: number;
  readonly counts: readonly (number | null)[];
}

/** Prometheus counts what lies below each edge; a band holds what lies between two. */
export function bandsOf({ series }: PanelData): readonly Band[] {
  const edge = (text = ""): number => (text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text));
  const sorted = series
    .filter(({ labels }) => labels.le !== undefined)
    .sort((a, b) => edge(a.labels.le) - edge(b.labels.le));
  return sorted.map(({ labels, values }, i) => ({
    edge: edge(labels.le),
    counts: values.map((value, at) => {
      if (value === null || !Number.isFinite(value)) return null;
      const below = i > 0 ? (sorted[i - 1]?.values[at] ?? 0) : 0;
      return Math.max(0, value - (Number.isFinite(below) ? below : 0));
    }),
  }));
}

/** Without the bands at both ends in which nothing ever was. */
function inUse(bands: readonly Band[]): readonly Band[] {
  const used = bands.map(({ counts }) => counts.some((count) => count !== null && count > 1e-9));
  const first = used.indexOf(true);
  return first < 0 ? bands.slice(0, 0) : bands.slice(Math.max(0, first - 1), used.lastIndexOf(true) + 2);
}

type Rgb = readonly [number, number, number];
const RAMPS: Readonly<Record<"light" | "dark", readonly Rgb[]>> = {
  light: [
    [226, 232, 255],
    [145, 167, 255],
    [59, 91, 219],
    [112, 36, 160],
    [60, 10, 80],
  ],
  dark: [
    [30, 41, 84],
    [49, 78, 180],
    [145, 110, 240],
    [240, 140, 180],
    [255, 225, 150],
  ],
};

/** @param share 0 to 1 */
function shade(share: number): string {
  const ramp = RAMPS[isDark() ? "dark" : "light"];
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const index = Math.min(ramp.length - 2, Math.floor(at));
  const [from = [0, 0, 0], to = [0, 0, 0]] = ramp.slice(index, index + 2);
  return `rgb(${from.map((part, i) => Math.round(part + ((to[i] ?? 0) - part) * (at - index))).join(" ")})`;
}

/** How values spread over time, darker or brighter where there are more. */
export function createHeatmap(stage: Stage): View {
  const { panel, place } = stage;
  const options = panel.options ?? {};
  const axis = (options.yAxis ?? {}) as { unit?: string; decimals?: number };
  const general = fieldOf(panel.fieldConfig, { name: "", refId: "", type: "number" });
  const edges: Field = { ...general, ...axis, mappings: [] };
  // Few beside many should be seen; 0 is how Grafana writes that nobody chose.
  const exponent = Number((options.color as { exponent?: number } | undefined)?.exponent) || 0.5;

  const host = make("div", "plot");
  host.setAttribute("role", "img");
  place.append(host);
  const tip = createTooltip(host);
  let data: PanelData | undefined;
  let bands: readonly Band[] = [];
  let most = 0;
  let plot: uPlot | undefined;

  const times = (): readonly number[] => data?.series[0]?.times ?? [];
  const edgeText = (index: number): string => {
    const band = bands[index];
    if (!band) return index < 0 ? "0" : "";
    return band.edge === Number.POSITIVE_INFINITY
      ? "∞"
      : showValue(edges, band.edge).text.replace(/\.0+(?=\D|$)/, "");
  };
  const lower = (index: number): string => (index > 0 ? edgeText(index - 1) : "less");

  const paint = (current: uPlot): void => {
    drawHappenings(current, stage.happenings());
    const { ctx, bbox } = current;
    const step = data?.step ?? 1;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    times().forEach((at, column) => {
      const left = Math.round(current.valToPos(at - step, "x", true));
      const right = Math.round(current.valToPos(at, "x", true));
      bands.forEach(({ counts }, i) => {
        const count = counts[column] ?? null;
        if (count === null || count < 1e-9) return;
        const bottom = Math.round(current.valToPos(i, "y", true));
        const top = Math.round(current.valToPos(i + 1, "y", true));
        ctx.fillStyle = shade((count / most) ** exponent);
        const gap = right - left > 5 ? devicePixelRatio : 0;
        ctx.fillRect(
          left,
          top + devicePixelRatio,
          Math.max(1, right - left - gap),
          bottom - top - devicePixelRatio,
        );
      });
    });
    ctx.restore();
  };

  const point = (current: uPlot): void => {
    const { left = -1, top = -1 } = current.cursor;
    if (left < 0 || !current.over.matches(":hover")) return void tip.hide();
    const at = current.posToVal(left, "x");
    const step = data?.step ?? 1;
    const column = times().findIndex((time) => at <= time && at > time - step);
    const row = Math.floor(current.posToVal(top, "y"));
    const count = bands[row]?.counts[column] ?? null;
    const time = times()[column];
    if (count === null || time === undefined) return void tip.hide();
    const line = {
      colour: shade((count / (most || 1)) ** exponent),
      name: `${lower(row)} – ${edgeText(row)}`,
      value: fixed(count),
    };
    tip.show(momentOf(time), [line], left + current.over.offsetLeft, top + current.over.offsetTop);
  };

  const build = (): uPlot => {
    const rows = bands.length;
    const every = Math.max(1, Math.ceil(rows / Math.max(2, Math.floor(host.clientHeight / 22))));
    const splits = bands.map((_band, i) => i + 1).filter((i) => i % every === 0);
    return new uPlot(
      {
        width: Math.max(60, host.clientWidth),
        height: Math.max(60, host.clientHeight),
        padding: [10, 12, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: true, range: () => [data?.range.from ?? 0, data?.range.to ?? 1] },
          y: { range: () => [0, Math.max(1, bands.length)] },
        },
        axes: [
          timeAxis(),
          {
            ...valueAxis(edges, "y", 3, false),
            splits: () => splits,
            values: (_plot, at) => at.map((i) => edgeText(i - 1)),
          },
        ],
        series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false },
          sync: { key: "board", setSeries: false },
        },
        hooks: {
          draw: [paint],
          setCursor: [point],
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width > 6)
                stage.zoom(posToVal(select.left, "x"), posToVal(select.left + select.width, "x"));
            },
          ],
        },
      },
      [[...times()], times().map(() => null)],
      host,
    );
  };

  let shape = "";
  return {
    draw(next) {
      data = next;
      bands = inUse(bandsOf(next));
      const counts = bands.flatMap((band) => band.counts.map((count) => count ?? 0));
      most = counts.reduce((left, right) => Math.max(left, right), 0);
      const wanted = JSON.stringify([isDark(), bands.map(({ edge }) => String(edge))]);
      if (plot && wanted === shape) plot.setData([[...times()], times().map(() => null)]);
      else {
        plot?.destroy();
        plot = build();
        shape = wanted;
      }
      const total = counts.reduce((left, right) => left + right, 0);
      const sums = bands.map(({ counts: own }) => own.reduce<number>((sum, count) => sum + (count ?? 0), 0));
      const busiest = sums.indexOf(Math.max(...sums));
      const summary = `${panel.title}. Most lie between ${lower(busiest)} and ${edgeText(busiest)}`;
      host.setAttribute("aria-label", summary);
      return { value: bands.length === 0 ? "" : String(total), summary };
    },
    resize() {
      plot?.setSize({ width: Math.max(60, host.clientWidth), height: Math.max(60, host.clientHeight) });
    },
    destroy() {
      plot?.destroy();
      tip.remove();
    },
  };
}
