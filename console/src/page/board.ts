import {
  DEFAULT_RANGE,
  isRangeName,
  type Overview,
  type RangeName,
  type Reading,
} from "../overview/model.ts";
import { type Chart, createChart } from "./chart.ts";
import { showDemo } from "./demo.ts";
import { byData, panelOf, setText } from "./dom.ts";
import { formatAge, formatRate, formatRatio, formatSeconds } from "./format.ts";
import { showIncidents, showJobs } from "./lists.ts";
import { absence, setState, showNote, showStat } from "./panels.ts";
import { ask, pollWhileSeen, SignedOut, showLive } from "./poll.ts";

/** The Watchdog comes every minute; after three, something on its way does not work. */
const WATCHDOG_LATE_MS = 180_000;

const rangeInAddress = (): RangeName => {
  const range = new URLSearchParams(location.search).get("range");
  return isRangeName(range) ? range : DEFAULT_RANGE;
};

const createCharts = () => ({
  rate: createChart({
    name: "rate",
    title: "Request rate",
    lines: [{ label: "requests/s", colour: "--line-1", filled: true }],
    format: formatRate,
    smallestMax: 1,
  }),
  errors: createChart({
    name: "errors",
    title: "Error ratio",
    lines: [{ label: "errors", colour: "--line-red", filled: true }],
    format: formatRatio,
    smallestMax: 0.01,
  }),
  latency: createChart({
    name: "latency",
    title: "Latency",
    lines: [
      { label: "p99", colour: "--line-3" },
      { label: "p95", colour: "--line-2" },
      { label: "p50", colour: "--line-1" },
    ],
    format: formatSeconds,
    smallestMax: 0.01,
  }),
});

type Charts = Readonly<Record<keyof ReturnType<typeof createCharts>, Chart>>;

function showCharts(charts: Charts, reading: Overview["charts"]): void {
  for (const name of ["rate", "errors", "latency"] as const) {
    const panel = panelOf(`chart-${name}`);
    showNote(panel, reading.state === "ready" ? "" : absence(reading));
    setState(panel, reading.state, reading.state === "ready" ? String(reading.value.times.length) : "");
    if (reading.state !== "ready") charts[name].clear();
  }
  if (reading.state !== "ready") return;
  const { times, rate, errors, p50, p95, p99 } = reading.value;
  charts.rate.draw(times, [rate]);
  charts.errors.draw(times, [errors]);
  charts.latency.draw(times, [p99, p95, p50]);
}

function showChecks(outside: Reading<boolean>, watchdog: Reading<string>, atMs: number): void {
  const probe = panelOf("outside");
  setState(probe, outside.state, outside.state === "ready" ? String(outside.value) : "");
  probe.classList.toggle("bad", outside.state === "ready" && !outside.value);
  showNote(
    probe,
    outside.state !== "ready" ? absence(outside) : outside.value ? "answers" : "does not answer",
  );

  const path = panelOf("watchdog");
  setState(path, watchdog.state, watchdog.state === "ready" ? watchdog.value : "");
  const ageMs = watchdog.state === "ready" ? Math.max(0, atMs - Date.parse(watchdog.value)) : 0;
  const late = ageMs > WATCHDOG_LATE_MS;
  path.classList.toggle("bad", late);
  const seen = `last proof ${formatAge(ageMs)} ago`;
  showNote(
    path,
    watchdog.state !== "ready" ? absence(watchdog) : late ? `interrupted? ${seen}` : `works, ${seen}`,
  );
}

const isFine = ({ jobs, incidents }: Overview): boolean =>
  incidents.state === "ready" &&
  incidents.value.length === 0 &&
  jobs.state === "ready" &&
  jobs.value.every((job) => job.targetsUp === job.targets);

/** The whole board in one sentence: what a screen reader announces when it changes. */
function summarise({ jobs, incidents }: Overview): string {
  if (incidents.state === "error" && jobs.state === "error" && incidents.reason === jobs.reason)
    return `${jobs.reason}.`;
  const parts: string[] = [];
  if (incidents.state === "error") parts.push(incidents.reason);
  if (incidents.state === "ready") {
    const count = incidents.value.length;
    parts.push(count === 0 ? "No open incident" : `${count} open ${count === 1 ? "incident" : "incidents"}`);
  }
  if (jobs.state === "error") parts.push(jobs.reason);
  if (jobs.state === "empty") parts.push("Prometheus has not watched anything yet");
  if (jobs.state === "ready") {
    const down = jobs.value.filter((job) => job.targetsUp < job.targets);
    parts.push(
      down.length === 0
        ? `all ${jobs.value.length} jobs are up`
        : `down: ${down.map(({ title }) => title).join(", ")}`,
    );
  }
  return `${parts.join(" · ")}.`;
}

function show(charts: Charts, overview: Overview): void {
  showStat("rate", overview.rate, formatRate, "a second, over the last minute");
  showStat("errors", overview.errors, formatRatio, "of requests, over the last minute");
  showStat("p50", overview.p50, formatSeconds, "half are faster");
  showStat("p95", overview.p95, formatSeconds, "95 % are faster");
  showStat("p99", overview.p99, formatSeconds, "99 % are faster");
  panelOf("errors").classList.toggle(
    "bad",
    overview.errors.state === "ready" && (overview.errors.value ?? 0) > 0.01,
  );
  showCharts(charts, overview.charts);
  showJobs(overview.jobs);
  showChecks(overview.outside, overview.watchdog, Date.parse(overview.at));
  showIncidents(overview.incidents);
  const { demoUntil } = overview;
  showDemo(
    byData("demo"),
    demoUntil.state === "ready" ? { to: Date.parse(demoUntil.value) / 1_000 } : undefined,
  );
  setText(byData("summary"), summarise(overview));
  byData("summary").classList.toggle("bad", !isFine(overview));
}

/** Not everything that the board shows is of now while Prometheus or the pager is away. */
function showHow(live: HTMLElement, { charts, incidents }: Overview): void {
  const away = [charts, incidents].find((reading) => reading.state === "error");
  if (away?.state === "error") showLive(live, new Date(away.since), "partly live,");
  else showLive(live, undefined);
}

/** Every reading of an overview that could not be had. */
function nothing(reason: string, since: Date): Overview {
  const away = { state: "error", reason, since: since.toISOString() } as const;
  return {
    at: since.toISOString(),
    range: DEFAULT_RANGE,
    rate: away,
    errors: away,
    p50: away,
    p95: away,
    p99: away,
    charts: away,
    jobs: away,
    outside: away,
    incidents: away,
    watchdog: away,
    demoUntil: away,
  };
}

function markRange(range: RangeName): void {
  for (const link of document.querySelectorAll<HTMLElement>("[data-range]")) {
    if (link.dataset.range === range) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** Brings the board to life: a new overview every five seconds, the range in the page's address. */
export function startBoard(): void {
  const charts = createCharts();
  const live = byData("live");
  let awaySince: Date | undefined;

  const refresh = pollWhileSeen(async () => {
    const range = rangeInAddress();
    try {
      const overview = (await (await ask(`/api/overview?range=${range}`)).json()) as Overview;
      if (range !== rangeInAddress()) return;
      awaySince = undefined;
      show(charts, overview);
      showHow(live, overview);
    } catch (error) {
      awaySince ??= new Date();
      const signedOut = error instanceof SignedOut;
      const reason = signedOut ? "You are signed out: load the page again" : "The console cannot be reached";
      show(charts, nothing(reason, awaySince));
      showLive(live, awaySince, signedOut ? "signed out" : "console not reachable");
    }
  });

  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-range]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.pushState(null, "", link.href);
      markRange(rangeInAddress());
      refresh();
    });
  }
  addEventListener("popstate", () => {
    markRange(rangeInAddress());
    refresh();
  });
}
