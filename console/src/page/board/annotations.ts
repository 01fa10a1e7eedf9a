import { DEMO_MARK } from "@watchkeeper/catalogue/names";
import { interpolate, type Scope } from "../../boards/interpolate.ts";
import type { Annotation, Board } from "../../boards/model.ts";
import { alignRange, parseDuration, stepOf } from "../../boards/time-range.ts";
import { colour } from "./colours.ts";
import { nameSeries } from "./data.ts";
import type { Questions, RawSeries } from "./prometheus.ts";

/** Something that went on for a while. Unix seconds. */
export interface Happening {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly colour: string;
  /** That what was shown was made up: no event, and nothing to draw over all of a chart. */
  readonly isDemo: boolean;
}

/** Points of time are enough to mark a chart. */
const POINTS = 400;
const MOST = 500;

/** A series that is above zero for a while is one happening. */
function happeningsOf({ metric, values = [] }: RawSeries, annotation: Annotation, step: number): Happening[] {
  const text = nameSeries(annotation.titleFormat || annotation.name, metric);
  const found: { from: number; to: number }[] = [];
  for (const [at, value] of values) {
    if (!(Number(value) > 0)) continue;
    if (annotation.useValueForTime && annotation.useValueForTime !== "off") {
      const moment = Number(value) / 1_000;
      if (found.at(-1)?.from !== moment) found.push({ from: moment, to: moment });
      continue;
    }
    const last = found.at(-1);
    if (last && at - last.to <= step * 1.5) last.to = at;
    else found.push({ from: at, to: at });
  }
  const isDemo = annotation.name === DEMO_MARK;
  // Its value says when it ends, however far apart the points are.
  const end = Number(values.at(-1)?.[1] ?? 0);
  return found.map((span) => ({
    ...span,
    to: isDemo ? end : span.to,
    text,
    colour: annotation.iconColor ?? "blue",
    isDemo,
  }));
}

/** What happened within the range. Marks are an extra: a board whose marks cannot be had is drawn without. */
export async function loadHappenings(
  board: Board,
  scope: Scope,
  questions: Questions,
): Promise<readonly Happening[]> {
  const annotations = (board.annotations?.list ?? []).filter(
    ({ builtIn, enable }) => builtIn !== 1 && enable !== false,
  );
  const all = annotations.map(async (annotation) => {
    const template = annotation.target?.expr ?? annotation.expr ?? "";
    const smallest = annotation.step ? parseDuration(annotation.step) : scope.scrape;
    const step = stepOf(scope.range, POINTS, smallest);
    const { from, to } = alignRange(scope.range, step);
    const raw = await questions.range(interpolate(template, { ...scope, step }, "promql"), from, to, step);
    return raw.flatMap((series) => happeningsOf(series, annotation, step));
  });
  const settled = await Promise.allSettled(all);
  return settled.flatMap((each) => (each.status === "fulfilled" ? each.value : [])).slice(0, MOST);
}

export const markColour = ({ colour: name }: Happening): string => colour(name);
