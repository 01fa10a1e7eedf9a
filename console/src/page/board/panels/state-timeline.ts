import { showValue } from "../../../boards/field.ts";
import { reduce } from "../../../boards/reducers.ts";
import { make } from "../../dom.ts";
import { cellColour, spanOf } from "../cells.ts";
import type { PanelData, Series } from "../data.ts";
import { momentOf } from "../tooltip.ts";
import { joined, type Stage, type View } from "../view.ts";

interface State {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly colour: string;
}

/** Neighbours that read the same are one state. @param end of the range, Unix seconds */
export function statesOf({ field, times, values }: Series, step: number, end: number): readonly State[] {
  const span = spanOf(field, values);
  const states: { from: number; to: number; text: string; colour: string }[] = [];
  times.forEach((at, i) => {
    const value = values[i] ?? null;
    if (value === null) return;
    const { text } = showValue(field, value);
    const last = states.at(-1);
    const to = Math.min(end, at + step);
    if (last && last.text === text && at <= last.to + step / 2) last.to = to;
    else states.push({ from: at, to, text, colour: cellColour(field, value, span, 0) });
  });
  return states;
}

/** What state each thing was in, as bands over time. */
export function createStateTimeline({ panel, place }: Stage): View {
  const withText = panel.options?.showValue !== "never";

  const band = (state: State, { range }: PanelData): HTMLElement => {
    const width = ((state.to - state.from) / (range.to - range.from)) * 100;
    const element = make("i", "", withText && width > 6 && make("span", "", state.text));
    element.style.left = `${((state.from - range.from) / (range.to - range.from)) * 100}%`;
    element.style.width = `${width}%`;
    element.style.background = state.colour;
    element.title = `${state.text}, ${momentOf(state.from)} to ${momentOf(state.to)}`;
    return element;
  };

  const row = (series: Series, data: PanelData): HTMLElement => {
    const states = statesOf(series, data.step, data.range.to);
    const said = states.slice(-5).map(({ from, text }) => `${text} from ${momentOf(from)}`);
    const track = make("span", "states", ...states.map((state) => band(state, data)));
    track.setAttribute("role", "img");
    track.setAttribute("aria-label", `${series.name}: ${said.join(", ") || "nothing measured"}`);
    const name = make("span", "figure-name", series.name);
    name.title = series.name;
    return make("li", "", name, track);
  };

  return {
    draw(data) {
      const ends = [data.range.from, (data.range.from + data.range.to) / 2, data.range.to];
      const axis = make(
        "p",
        "state-axis",
        ...ends.map((at) => make("span", "", momentOf(at).replace(/:\d\d$/, ""))),
      );
      axis.setAttribute("aria-hidden", "true");
      place.replaceChildren(
        make("ul", "timeline-rows", ...data.series.map((series) => row(series, data))),
        axis,
      );
      const last = data.series.map(({ values }) => reduce("lastNotNull", values));
      return { value: joined(last), summary: `${panel.title}. ${data.series.length} rows` };
    },
  };
}
