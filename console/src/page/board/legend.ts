import { showValue } from "../../boards/field.ts";
import { labelOf, reduce } from "../../boards/reducers.ts";
import { make } from "../dom.ts";
import type { Series } from "./data.ts";

export interface LegendOptions {
  readonly displayMode?: string;
  readonly placement?: string;
  readonly showLegend?: boolean;
  readonly calcs?: readonly string[];
  readonly sortBy?: string;
  readonly sortDesc?: boolean;
}

export interface LegendEntry {
  readonly series: Series;
  readonly colour: string;
  readonly shown: boolean;
}

export interface Legend {
  readonly element: HTMLElement;
  fill(entries: readonly LegendEntry[]): void;
}

/**
 * Names, colours and figures of a chart's series: as a table that also says to a screen reader what the chart shows.
 * A click shows one series alone, a click with Ctrl hides or shows it.
 */
export function createLegend(
  options: LegendOptions,
  toggle: (index: number, alone: boolean) => void,
): Legend {
  const calcs = options.calcs ?? [];
  const isHidden = options.showLegend === false || options.displayMode === "hidden";
  const isTable = options.displayMode === "table" || calcs.length > 0;
  const element = make("div", `legend ${isTable ? "figures" : "names"}${isHidden ? " sr" : ""}`);

  const key = ({ colour, series, shown }: LegendEntry, index: number): HTMLElement => {
    const swatch = make("i", "");
    swatch.style.background = colour;
    const button = make("button", "key", swatch, make("span", "", series.name));
    button.setAttribute("type", "button");
    button.setAttribute("aria-pressed", String(shown));
    button.title = series.name;
    button.addEventListener("click", (event) => toggle(index, !(event.ctrlKey || event.metaKey)));
    return button;
  };

  const figures = ({ series }: LegendEntry): string[] =>
    calcs.map((calc) => showValue(series.field, reduce(calc, series.values)).text);

  const table = (entries: readonly LegendEntry[]): HTMLElement => {
    const order = entries.map((_entry, index) => index);
    const by = calcs.find((calc) => calc === options.sortBy || labelOf(calc) === options.sortBy);
    if (by) {
      const rank = (index: number): number => reduce(by, entries[index]?.series.values ?? []) ?? -Infinity;
      order.sort((a, b) => (rank(a) - rank(b)) * (options.sortDesc ? -1 : 1));
    }
    const head = make(
      "tr",
      "",
      make("th", "", "Name"),
      ...calcs.map((calc) => make("th", "figure", labelOf(calc))),
    );
    const rows = order.flatMap((index) => {
      const entry = entries[index];
      if (!entry) return [];
      const cells = figures(entry).map((text) => make("td", "figure", text));
      return [make("tr", entry.shown ? "" : "off", make("td", "", key(entry, index)), ...cells)];
    });
    return make("table", "", make("thead", "", head), make("tbody", "", ...rows));
  };

  return {
    element,
    fill(entries) {
      const focused = [...element.querySelectorAll("button")].indexOf(
        document.activeElement as HTMLButtonElement,
      );
      if (isTable) element.replaceChildren(table(entries));
      else
        element.replaceChildren(
          ...entries.map((entry, index) => make("span", entry.shown ? "" : "off", key(entry, index))),
        );
      if (focused >= 0) element.querySelectorAll("button")[focused]?.focus();
    },
  };
}
