import uPlot from "uplot";
import { fieldOf, showValue } from "../../../boards/field.ts";
import { reduce } from "../../../boards/reducers.ts";
import { make } from "../../dom.ts";
import { markColour } from "../annotations.ts";
import { timeAxis, valueAxis } from "../axes.ts";
import { isDark } from "../colours.ts";
import type { PanelData, Series } from "../data.ts";
import { describeExemplar, drawExemplars, exemplarAt, exemplarColour, traceOf } from "../exemplars.ts";
import { createLegend, type LegendOptions } from "../legend.ts";
import {
  alignLines,
  bandsOf,
  coloursOf,
  drawingOrder,
  type Lines,
  scaleOf,
  seriesOptions,
} from "../lines.ts";
import { drawHappenings, drawThresholds, happeningsAt } from "../marks.ts";
import { valueScale } from "../scales.ts";
import { createTooltip, type Line, momentOf } from "../tooltip.ts";
import { joined, type Stage, type View } from "../view.ts";

/** In the tooltip; the legend has all. */
const MOST_LINES = 16;

/** What makes a plot another one, beside its data. */
const signature = ({ series }: PanelData): string =>
  JSON.stringify([isDark(), series.map(({ name, refId, field }) => [name, refId, field])]);

function summarise(title: string, series: readonly Series[]): string {
  const parts = series.slice(0, 12).map(({ name, field, values }) => {
    const [last, low, high] = ["lastNotNull", "min", "max"].map(
      (calc) => showValue(field, reduce(calc, values)).text,
    );
    return `${name}: last ${last}, between ${low} and ${high}`;
  });
  return `${title}. ${parts.join("; ")}${series.length > 12 ? `; and ${series.length - 12} more` : ""}`;
}

/** Lines, areas and bars over time. */
export function createTimeseries(stage: Stage): View {
  const { panel, place } = stage;
  const options = panel.options ?? {};
  const tooltipOptions = (options.tooltip ?? {}) as { mode?: string; sort?: string };
  const legendOptions = (options.legend ?? {}) as LegendOptions;
  const general = fieldOf(panel.fieldConfig, { name: "", refId: "", type: "number" });
  const thresholds = String((general.custom.thresholdsStyle as { mode?: string } | undefined)?.mode ?? "off");

  const host = make("div", "plot");
  host.tabIndex = 0;
  host.setAttribute("role", "img");
  const tip = createTooltip(host);
  const hidden = new Set<string>();
  let data: PanelData | undefined;
  let colours: readonly string[] = [];
  let lines: Lines | undefined;
  let plot: uPlot | undefined;
  let shape = "";

  const legend = createLegend(legendOptions, (index, alone) => {
    const series = data?.series ?? [];
    const name = series[index]?.name ?? "";
    const isAlone = !hidden.has(name) && hidden.size === series.length - 1;
    if (!alone) hidden.has(name) ? hidden.delete(name) : hidden.add(name);
    else {
      hidden.clear();
      if (!isAlone) for (const other of series) if (other.name !== name) hidden.add(other.name);
    }
    show();
  });
  place.classList.toggle("beside", legendOptions.placement === "right");
  place.append(host, legend.element);

  /** What is under the pointer, the largest first where the panel asks for it. */
  const linesAt = (
    index: number,
    top: number,
    current: uPlot,
    mode = tooltipOptions.mode,
  ): readonly Line[] => {
    const found = (data?.series ?? []).flatMap((one, i) => {
      const value = lines?.values[i]?.[index] ?? null;
      if (value === null || hidden.has(one.name)) return [];
      const y = lines?.drawn[i]?.[index];
      const distance =
        typeof y === "number" ? Math.abs(current.valToPos(y, scaleOf(one.field)) - top) : Infinity;
      return [
        {
          colour: colours[i] ?? "",
          name: one.name,
          value: showValue(one.field, value).text,
          number: value,
          distance,
        },
      ];
    });
    const nearest = Math.min(...found.map(({ distance }) => distance));
    const marked = found.map((line) => ({ ...line, hot: found.length > 1 && line.distance === nearest }));
    if (mode === "single" || mode === undefined)
      return marked.filter(({ distance }) => distance === nearest).slice(0, 1);
    if (tooltipOptions.sort === "desc") marked.sort((a, b) => b.number - a.number);
    if (tooltipOptions.sort === "asc") marked.sort((a, b) => a.number - b.number);
    return marked.slice(0, MOST_LINES);
  };

  const point = (current: uPlot): void => {
    const { idx, left = -1, top = -1 } = current.cursor;
    const isHere = current.over.matches(":hover") || host === document.activeElement;
    const at = typeof idx === "number" ? lines?.times[idx] : undefined;
    if (at === undefined || typeof idx !== "number" || left < 0 || !isHere || tooltipOptions.mode === "none")
      return void tip.hide();
    const happened = happeningsAt(stage.happenings(), at, (data?.step ?? 0) / 2);
    const dot = exemplarAt(current, data?.exemplars ?? [], scaleOf(general), { left, top });
    const shown = [
      ...(dot
        ? [
            {
              colour: exemplarColour(),
              name: describeExemplar(dot, traceOf(dot)),
              value: showValue(general, dot.value).text,
              hot: true,
            },
          ]
        : []),
      ...linesAt(idx, top, current),
      ...happened.slice(0, 4).map((each) => ({ colour: markColour(each), name: each.text, value: "" })),
    ];
    if (shown.length === 0) return void tip.hide();
    const { over } = current;
    tip.show(momentOf(at), shown, left + over.offsetLeft, top + over.offsetTop);
  };

  /** A bar stands on both sides of its moment. */
  const spanOfTime = (): [number, number] => {
    if (!data) return [0, 1];
    const { range, step, series } = data;
    const half = series.some(({ field }) => field.custom.drawStyle === "bars") ? step / 2 : 0;
    return [range.from - half, range.to + half];
  };

  const dataOf = ({ times, drawn }: Lines): uPlot.AlignedData => [
    times,
    ...drawingOrder(data?.series ?? []).map((i) => drawn[i] ?? []),
  ];

  const build = (current: PanelData, aligned: Lines): uPlot => {
    const fields = new Map(current.series.map(({ field }) => [scaleOf(field), field]));
    if (fields.size === 0) fields.set(scaleOf(general), general);
    const [first] = fields.keys();
    const order = drawingOrder(current.series);
    const axes = [...fields].map(([scale, field], i) =>
      valueAxis(field, scale, field.custom.axisPlacement === "right" || i % 2 === 1 ? 1 : 3, i === 0),
    );
    const settings: uPlot.Options = {
      width: Math.max(60, host.clientWidth),
      height: Math.max(60, host.clientHeight),
      padding: [8, axes.length > 1 ? 0 : 20, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: spanOfTime },
        ...Object.fromEntries([...fields].map(([scale, field]) => [scale, valueScale(field)])),
      },
      axes: [timeAxis(), ...axes],
      series: [
        {},
        ...order.flatMap((i) => {
          const one = current.series[i];
          return one ? [seriesOptions(one, colours[i] ?? "", order.length, uPlot.paths)] : [];
        }),
      ],
      bands: bandsOf(current.series),
      cursor: {
        y: false,
        points: { size: 6 },
        drag: { x: true, y: false, setScale: false },
        sync: { key: "board", setSeries: false },
      },
      hooks: {
        setCursor: [point],
        setSelect: [
          ({ select, posToVal }) => {
            if (select.width > 6)
              stage.zoom(posToVal(select.left, "x"), posToVal(select.left + select.width, "x"));
          },
        ],
        drawClear: [(drawn) => drawHappenings(drawn, stage.happenings())],
        draw: [
          (drawn) => drawThresholds(drawn, general, thresholds, first ?? ""),
          (drawn) => drawExemplars(drawn, data?.exemplars ?? [], scaleOf(general)),
        ],
      },
    };
    return new uPlot(settings, dataOf(aligned), host);
  };

  const show = (): void => {
    if (!data) return;
    const current = data;
    lines = alignLines(current, hidden);
    colours = coloursOf(current.series);
    legend.fill(
      current.series.map((series, i) => ({
        series,
        colour: colours[i] ?? "",
        shown: !hidden.has(series.name),
      })),
    );
    const next = signature(current);
    if (plot && next === shape) plot.setData(dataOf(lines));
    else {
      plot?.destroy();
      plot = build(current, lines);
      shape = next;
    }
  };

  const step = (event: KeyboardEvent): void => {
    const way = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!plot || !lines || way === 0) return;
    event.preventDefault();
    const last = lines.times.length - 1;
    const from = plot.cursor.idx ?? (way > 0 ? -1 : last + 1);
    const index = Math.max(0, Math.min(last, from + way));
    const at = lines.times[index];
    if (at === undefined) return;
    plot.setCursor({ left: Math.max(0, plot.valToPos(at, "x")), top: plot.over.clientHeight / 2 });
    const said = linesAt(index, 0, plot, "multi").map(({ name, value }) => `${name} ${value}`);
    stage.announce(`${momentOf(at)}: ${said.join(", ") || "nothing measured"}`);
  };
  /** A trace is looked up elsewhere: its number goes along. */
  const copyTrace = async (): Promise<void> => {
    const dot = plot && exemplarAt(plot, data?.exemplars ?? [], scaleOf(general), plot.cursor);
    if (!dot || traceOf(dot) === "") return;
    await navigator.clipboard.writeText(traceOf(dot));
    stage.announce(`Copied the number of the trace: ${traceOf(dot)}`);
  };
  host.addEventListener("click", () => void copyTrace().catch(() => undefined));
  host.addEventListener("keydown", step);
  host.addEventListener("blur", () => tip.hide());

  return {
    draw(next) {
      data = next;
      show();
      const summary = summarise(panel.title ?? "", next.series);
      host.dataset.exemplars = String(next.exemplars.length);
      host.setAttribute("aria-label", `${summary}. The arrow keys read the points.`);
      const known = next.series.filter(({ values }) => values.some((value) => value !== null));
      return { value: joined(known.map(({ values }) => reduce("lastNotNull", values))), summary };
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
