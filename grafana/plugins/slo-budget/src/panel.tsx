import { dateTimeFormat, type PanelProps } from "@grafana/data";
import * as React from "react";
import { type Projection, project, projectionText, shareText } from "./budget.ts";
import { createScale, floorOf, pathOf, type Scale } from "./scale.ts";
import { type Budget, budgetsOf } from "./series.ts";

/** What people may set. */
export interface Options {
  /** Hours of the past that say how fast a budget goes. */
  readonly lookbackHours: number;
  /** Days ahead that are worth a projection. */
  readonly horizonDays: number;
}

export const DEFAULTS: Options = { lookbackHours: 24, horizonDays: 30 };

const HOUR_MS = 3_600_000;

/** Colours that read on light and on dark; text and lines of the grid take the page's own. */
const STATE_COLOURS = { spent: "#e02f44", low: "#ff9830", good: "#56a64b", unknown: "currentColor" } as const;
type State = keyof typeof STATE_COLOURS;

/** A budget of which less than this is left asks for attention though nothing says that it will be spent. */
const LOW = 0.25;

interface Course extends Budget {
  readonly left: number;
  readonly state: State;
  readonly projection: Projection;
}

function courseOf(budget: Budget, options: Options): Course | undefined {
  const last = budget.samples.at(-1);
  if (!last) return undefined;
  const projection = project(
    budget.samples,
    options.lookbackHours * HOUR_MS,
    options.horizonDays * 24 * HOUR_MS,
  );
  const isLow = last.left < LOW || projection.kind === "exhausts";
  const state = projection.kind === "spent" ? "spent" : isLow ? "low" : "good";
  return { ...budget, left: last.left, state, projection };
}

/** The order in which a reader needs them: spent first, then the next to be spent, then the least left. */
function byUrgency(a: Course, b: Course): number {
  const endOf = ({ projection }: Course): number =>
    projection.kind === "spent" ? 0 : projection.kind === "exhausts" ? projection.atMs : Number.MAX_VALUE;
  return endOf(a) - endOf(b) || a.left - b.left || (a.name < b.name ? -1 : 1);
}

function Line({ course, scale, untilMs }: { course: Course; scale: Scale; untilMs: number }) {
  const last = course.samples.at(-1);
  const { projection } = course;
  if (!last) return null;
  const perMs = projection.kind === "exhausts" || projection.kind === "lasts" ? projection.perMs : undefined;
  const endMs = projection.kind === "exhausts" ? Math.min(projection.atMs, untilMs) : untilMs;
  const ahead =
    perMs === undefined || endMs <= last.atMs
      ? undefined
      : [last, { atMs: endMs, left: last.left + perMs * (endMs - last.atMs) }];
  const stroke = { fill: "none", stroke: STATE_COLOURS[course.state], strokeWidth: 2 };
  return (
    <g data-budget={course.name}>
      <title>{course.name}</title>
      <path d={pathOf(course.samples, scale)} {...stroke} />
      {ahead && <path d={pathOf(ahead, scale)} {...stroke} strokeDasharray="5 4" data-projection="" />}
    </g>
  );
}

const ROW_PX = 22;
const AXIS = { left: 44, right: 8, top: 8, bottom: 20 };
/** Below this there is no room for a chart: the list says the same in words. */
const SMALLEST_CHART_PX = 70;

/** Of the list's rows as many as leave the chart half of the panel. */
const rowsThatFit = (count: number, height: number): number =>
  height < SMALLEST_CHART_PX * 2 ? count : Math.min(count, Math.max(1, Math.floor(height / 2 / ROW_PX)));

function Chart(props: {
  courses: readonly Course[];
  fromMs: number;
  nowMs: number;
  width: number;
  height: number;
  momentText(atMs: number): string;
}) {
  const { courses, fromMs, nowMs, width, height, momentText } = props;
  // A third of the width for what is to come, so that a projection can be seen beside what led to it.
  const untilMs = nowMs + (nowMs - fromMs) / 2;
  const frame = {
    left: AXIS.left,
    right: width - AXIS.right,
    top: AXIS.top,
    bottom: height - AXIS.bottom,
  };
  const floor = floorOf(courses.flatMap(({ samples }) => samples.map(({ left }) => left)));
  const scale = createScale(frame, fromMs, untilMs, floor);
  const shares = floor < 0 ? [1, 0.5, 0, floor] : [1, 0.75, 0.5, 0.25, 0];
  const moments = [
    { atMs: fromMs, anchor: "start", text: momentText(fromMs) },
    { atMs: nowMs, anchor: "middle", text: "now" },
    { atMs: untilMs, anchor: "end", text: momentText(untilMs) },
  ] as const;
  return (
    <svg width={width} height={height} role="img" aria-label="Error budget left over time, and projected">
      {shares.map((share) => (
        <g key={share}>
          <line
            x1={frame.left}
            x2={frame.right}
            y1={scale.y(share)}
            y2={scale.y(share)}
            stroke="currentColor"
            opacity={share === 0 ? 0.6 : 0.15}
          />
          <text x={frame.left - 6} y={scale.y(share) + 4} textAnchor="end" fontSize={11} fill="currentColor">
            {`${Math.round(share * 100)}%`}
          </text>
        </g>
      ))}
      <line
        x1={scale.x(nowMs)}
        x2={scale.x(nowMs)}
        y1={frame.top}
        y2={frame.bottom}
        stroke="currentColor"
        opacity={0.4}
        strokeDasharray="2 3"
      />
      {moments.map(({ atMs, anchor, text }) => (
        <text
          key={anchor}
          x={scale.x(atMs)}
          y={height - 6}
          textAnchor={anchor}
          fontSize={11}
          fill="currentColor"
        >
          {text}
        </text>
      ))}
      {courses.map((course) => (
        <Line key={course.name} course={course} scale={scale} untilMs={untilMs} />
      ))}
    </svg>
  );
}

const cell = { padding: "0 8px", whiteSpace: "nowrap" } as const;

function Row({ course, text }: { course: Course; text: string }) {
  return (
    <tr style={{ height: ROW_PX }} data-state={course.state}>
      <th scope="row" style={{ ...cell, textAlign: "left", fontWeight: "normal" }}>
        <span aria-hidden="true" style={{ color: STATE_COLOURS[course.state] }}>
          {"● "}
        </span>
        {course.name}
      </th>
      <td style={{ ...cell, textAlign: "right", fontVariantNumeric: "tabular-nums" }}>
        {shareText(course.left)}
      </td>
      <td style={{ ...cell, width: "100%" }}>{text}</td>
    </tr>
  );
}

/** Error budgets, burnt down over the range that is shown and projected half as far ahead. */
export function BudgetPanel({ data, options, timeRange, timeZone, width, height }: PanelProps<Options>) {
  const settings = { ...DEFAULTS, ...options };
  const courses = budgetsOf(data.series)
    .flatMap((budget) => courseOf(budget, settings) ?? [])
    .sort(byUrgency);
  if (courses.length === 0) return <p role="status">No error budget was measured in this time range.</p>;
  const fromMs = timeRange.from.valueOf();
  const nowMs = timeRange.to.valueOf();
  const momentText = (atMs: number): string => dateTimeFormat(atMs, { format: "YYYY-MM-DD HH:mm", timeZone });
  const horizonMs = settings.horizonDays * 24 * HOUR_MS;
  const listHeight = rowsThatFit(courses.length, height) * ROW_PX;
  const chartHeight = height - listHeight;
  return (
    <div style={{ width, height, overflow: "hidden" }}>
      {chartHeight >= SMALLEST_CHART_PX && (
        <Chart {...{ courses, fromMs, nowMs, width, momentText }} height={chartHeight} />
      )}
      <div style={{ maxHeight: Math.min(listHeight, height), overflowY: "auto" }}>
        <table style={{ borderCollapse: "collapse" }} aria-label="Error budgets, the most urgent first">
          <tbody>
            {courses.map((course) => (
              <Row
                key={course.name}
                course={course}
                text={projectionText(course.projection, nowMs, horizonMs, momentText)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
