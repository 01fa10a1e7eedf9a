// Generated from grafana/plugins/slo-budget/src by `npm run gen`. Do not edit.
define(['exports', '@grafana/data', 'react'], (function (exports, data, React) { 'use strict';

  const FEWEST_SAMPLES = 3;
  function slopeOf(samples) {
    const count = samples.length;
    const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count;
    const meanLeft = samples.reduce((sum, { left }) => sum + left, 0) / count;
    let covariance = 0;
    let variance = 0;
    for (const { atMs, left } of samples) {
      covariance += (atMs - meanAt) * (left - meanLeft);
      variance += (atMs - meanAt) ** 2;
    }
    return variance === 0 ? void 0 : covariance / variance;
  }
  function project(samples, lookbackMs, horizonMs) {
    const last = samples.at(-1);
    if (!last) return { kind: "unknown" };
    if (last.left <= 0) return { kind: "spent" };
    const recent = samples.filter(({ atMs }) => atMs >= last.atMs - lookbackMs);
    const perMs = recent.length < FEWEST_SAMPLES ? void 0 : slopeOf(recent);
    if (perMs === void 0) return { kind: "unknown" };
    const inMs = perMs < 0 ? last.left / -perMs : Number.POSITIVE_INFINITY;
    return inMs <= horizonMs ? { kind: "exhausts", atMs: last.atMs + inMs, perMs } : { kind: "lasts", perMs };
  }
  const UNITS = [
    ["day", 864e5],
    ["hour", 36e5],
    ["minute", 6e4]
  ];
  function spanText(ms) {
    const [name, size] = UNITS.find(([, unit]) => ms >= 2 * unit) ?? UNITS[2];
    const count = Math.round(ms / size);
    return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  function shareText(share) {
    const percent = share * 100;
    if (percent > 0 && percent < 0.05) return "<0.1%";
    if (percent < 100 && percent >= 99.95) return ">99.9%";
    return `${percent.toFixed(1)}%`;
  }
  function projectionText(projection, nowMs, horizonMs, momentText) {
    switch (projection.kind) {
      case "spent":
        return "spent";
      case "exhausts":
        return `spent in ${spanText(Math.max(0, projection.atMs - nowMs))}, ${momentText(projection.atMs)}`;
      case "lasts":
        return projection.perMs < 0 ? `lasts more than ${spanText(horizonMs)}` : "is not shrinking";
      case "unknown":
        return "too little data to project";
    }
  }

  const LOWEST = -1;
  const floorOf = (shares) => Math.max(LOWEST, Math.min(0, ...shares.map((share) => Math.floor(share * 4) / 4)));
  function createScale(frame, fromMs, toMs, floor) {
    const span = Math.max(1, toMs - fromMs);
    const clamp = (share) => Math.max(floor, Math.min(1, share));
    return {
      x: (atMs) => frame.left + (atMs - fromMs) / span * (frame.right - frame.left),
      y: (share) => frame.bottom - (clamp(share) - floor) / (1 - floor) * (frame.bottom - frame.top)
    };
  }
  const rounded = (value) => String(Math.round(value * 10) / 10);
  const pathOf = (samples, { x, y }) => samples.map(({ atMs, left }, i) => `${i === 0 ? "M" : "L"}${rounded(x(atMs))} ${rounded(y(left))}`).join("");

  const isMeasured = (value) => typeof value === "number" && Number.isFinite(value);
  function budgetsOf(frames) {
    return frames.flatMap((frame) => {
      const times = frame.fields.find(({ type }) => type === "time")?.values;
      if (!times) return [];
      return frame.fields.filter(({ type }) => type === "number").map((field) => {
        const samples = [];
        for (let i = 0; i < times.length; i++) {
          const atMs = times[i];
          const left = field.values[i];
          if (isMeasured(atMs) && isMeasured(left)) samples.push({ atMs, left });
        }
        return { name: field.labels?.slo ?? data.getFieldDisplayName(field, frame, frames), samples };
      });
    });
  }

  const DEFAULTS = { lookbackHours: 24, horizonDays: 30 };
  const HOUR_MS = 36e5;
  const STATE_COLOURS = { spent: "#e02f44", low: "#ff9830", good: "#56a64b", unknown: "currentColor" };
  const LOW = 0.25;
  function courseOf(budget, options) {
    const last = budget.samples.at(-1);
    if (!last) return void 0;
    const projection = project(
      budget.samples,
      options.lookbackHours * HOUR_MS,
      options.horizonDays * 24 * HOUR_MS
    );
    const isLow = last.left < LOW || projection.kind === "exhausts";
    const state = projection.kind === "spent" ? "spent" : isLow ? "low" : "good";
    return { ...budget, left: last.left, state, projection };
  }
  function byUrgency(a, b) {
    const endOf = ({ projection }) => projection.kind === "spent" ? 0 : projection.kind === "exhausts" ? projection.atMs : Number.MAX_VALUE;
    return endOf(a) - endOf(b) || a.left - b.left || (a.name < b.name ? -1 : 1);
  }
  function Line({ course, scale, untilMs }) {
    const last = course.samples.at(-1);
    const { projection } = course;
    if (!last) return null;
    const perMs = projection.kind === "exhausts" || projection.kind === "lasts" ? projection.perMs : void 0;
    const endMs = projection.kind === "exhausts" ? Math.min(projection.atMs, untilMs) : untilMs;
    const ahead = perMs === void 0 || endMs <= last.atMs ? void 0 : [last, { atMs: endMs, left: last.left + perMs * (endMs - last.atMs) }];
    const stroke = { fill: "none", stroke: STATE_COLOURS[course.state], strokeWidth: 2 };
    return /* @__PURE__ */ React.createElement("g", { "data-budget": course.name }, /* @__PURE__ */ React.createElement("title", null, course.name), /* @__PURE__ */ React.createElement("path", { d: pathOf(course.samples, scale), ...stroke }), ahead && /* @__PURE__ */ React.createElement("path", { d: pathOf(ahead, scale), ...stroke, strokeDasharray: "5 4", "data-projection": "" }));
  }
  const ROW_PX = 22;
  const AXIS = { left: 44, right: 8, top: 8, bottom: 20 };
  const SMALLEST_CHART_PX = 70;
  const rowsThatFit = (count, height) => height < SMALLEST_CHART_PX * 2 ? count : Math.min(count, Math.max(1, Math.floor(height / 2 / ROW_PX)));
  function Chart(props) {
    const { courses, fromMs, nowMs, width, height, momentText } = props;
    const untilMs = nowMs + (nowMs - fromMs) / 2;
    const frame = {
      left: AXIS.left,
      right: width - AXIS.right,
      top: AXIS.top,
      bottom: height - AXIS.bottom
    };
    const floor = floorOf(courses.flatMap(({ samples }) => samples.map(({ left }) => left)));
    const scale = createScale(frame, fromMs, untilMs, floor);
    const shares = floor < 0 ? [1, 0.5, 0, floor] : [1, 0.75, 0.5, 0.25, 0];
    const moments = [
      { atMs: fromMs, anchor: "start", text: momentText(fromMs) },
      { atMs: nowMs, anchor: "middle", text: "now" },
      { atMs: untilMs, anchor: "end", text: momentText(untilMs) }
    ];
    return /* @__PURE__ */ React.createElement("svg", { width, height, role: "img", "aria-label": "Error budget left over time, and projected" }, shares.map((share) => /* @__PURE__ */ React.createElement("g", { key: share }, /* @__PURE__ */ React.createElement(
      "line",
      {
        x1: frame.left,
        x2: frame.right,
        y1: scale.y(share),
        y2: scale.y(share),
        stroke: "currentColor",
        opacity: share === 0 ? 0.6 : 0.15
      }
    ), /* @__PURE__ */ React.createElement("text", { x: frame.left - 6, y: scale.y(share) + 4, textAnchor: "end", fontSize: 11, fill: "currentColor" }, `${Math.round(share * 100)}%`))), /* @__PURE__ */ React.createElement(
      "line",
      {
        x1: scale.x(nowMs),
        x2: scale.x(nowMs),
        y1: frame.top,
        y2: frame.bottom,
        stroke: "currentColor",
        opacity: 0.4,
        strokeDasharray: "2 3"
      }
    ), moments.map(({ atMs, anchor, text }) => /* @__PURE__ */ React.createElement(
      "text",
      {
        key: anchor,
        x: scale.x(atMs),
        y: height - 6,
        textAnchor: anchor,
        fontSize: 11,
        fill: "currentColor"
      },
      text
    )), courses.map((course) => /* @__PURE__ */ React.createElement(Line, { key: course.name, course, scale, untilMs })));
  }
  const cell = { padding: "0 8px", whiteSpace: "nowrap" };
  function Row({ course, text }) {
    return /* @__PURE__ */ React.createElement("tr", { style: { height: ROW_PX }, "data-state": course.state }, /* @__PURE__ */ React.createElement("th", { scope: "row", style: { ...cell, textAlign: "left", fontWeight: "normal" } }, /* @__PURE__ */ React.createElement("span", { "aria-hidden": "true", style: { color: STATE_COLOURS[course.state] } }, "● "), course.name), /* @__PURE__ */ React.createElement("td", { style: { ...cell, textAlign: "right", fontVariantNumeric: "tabular-nums" } }, shareText(course.left)), /* @__PURE__ */ React.createElement("td", { style: { ...cell, width: "100%" } }, text));
  }
  function BudgetPanel({ data: data$1, options, timeRange, timeZone, width, height }) {
    const settings = { ...DEFAULTS, ...options };
    const courses = budgetsOf(data$1.series).flatMap((budget) => courseOf(budget, settings) ?? []).sort(byUrgency);
    if (courses.length === 0) return /* @__PURE__ */ React.createElement("p", { role: "status" }, "No error budget was measured in this time range.");
    const fromMs = timeRange.from.valueOf();
    const nowMs = timeRange.to.valueOf();
    const momentText = (atMs) => data.dateTimeFormat(atMs, { format: "YYYY-MM-DD HH:mm", timeZone });
    const horizonMs = settings.horizonDays * 24 * HOUR_MS;
    const listHeight = rowsThatFit(courses.length, height) * ROW_PX;
    const chartHeight = height - listHeight;
    return /* @__PURE__ */ React.createElement("div", { style: { width, height, overflow: "hidden" } }, chartHeight >= SMALLEST_CHART_PX && /* @__PURE__ */ React.createElement(Chart, { ...{ courses, fromMs, nowMs, width, momentText }, height: chartHeight }), /* @__PURE__ */ React.createElement("div", { style: { maxHeight: Math.min(listHeight, height), overflowY: "auto" } }, /* @__PURE__ */ React.createElement("table", { style: { borderCollapse: "collapse" }, "aria-label": "Error budgets, the most urgent first" }, /* @__PURE__ */ React.createElement("tbody", null, courses.map((course) => /* @__PURE__ */ React.createElement(
      Row,
      {
        key: course.name,
        course,
        text: projectionText(course.projection, nowMs, horizonMs, momentText)
      }
    ))))));
  }

  const plugin = new data.PanelPlugin(BudgetPanel).setPanelOptions(
    (builder) => builder.addNumberInput({
      path: "lookbackHours",
      name: "Look back",
      description: "Hours of the past that say how fast a budget goes",
      defaultValue: DEFAULTS.lookbackHours,
      settings: { min: 1, max: 720 }
    }).addNumberInput({
      path: "horizonDays",
      name: "Look ahead",
      description: "Days ahead that are worth a projection",
      defaultValue: DEFAULTS.horizonDays,
      settings: { min: 1, max: 90 }
    })
  );

  exports.plugin = plugin;

}));
