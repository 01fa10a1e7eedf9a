/** Every name and link that more than one part of the suite must spell alike is built here. */

/** Where people open the console by default; whoever runs the suite elsewhere replaces it in the rules. */
export const CONSOLE_URL = "http://localhost:4700";

/**
 * The page that tells the person who was paged what to do.
 * @param consoleUrl where people open the console, without a slash at its end
 */
export const runbookUrl = (alertName: string, consoleUrl = CONSOLE_URL): string =>
  `${consoleUrl}/runbooks/${alertName}`;

/**
 * The page of a board.
 * @param board the board's uid, such as `overview`
 * @param consoleUrl where people open the console, without a slash at its end
 */
export const boardUrl = (board: string, consoleUrl = CONSOLE_URL): string => `${consoleUrl}/boards/${board}`;

/** One panel of one board: the board's uid and the panel's key. */
export type PanelName = `${string}/${string}`;

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * A panel's number in Grafana, from 1 to 2^31 - 1: the same for the same key as long as the board lives, so that links
 * to a panel outlive every change around it. (FNV-1a, folded to 31 bits.)
 */
export function panelId(panel: PanelName): number {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(panel)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 1 || 1;
}

const viewPanel = (panel: PanelName): string => `viewPanel=${panelId(panel)}`;

/**
 * The page of a board that shows one of its panels alone, in Grafana's own words.
 * @param consoleUrl where people open the console, without a slash at its end
 */
export const panelUrl = (panel: PanelName, consoleUrl = CONSOLE_URL): string =>
  `${boardUrl(panel.slice(0, panel.indexOf("/")), consoleUrl)}?${viewPanel(panel)}`;

/**
 * The page that shows what a service has written to its log, or leads to where that is searched.
 * @param service its name, or a template for it
 * @param consoleUrl where people open the console, without a slash at its end
 */
export const logsUrl = (service: string, consoleUrl = CONSOLE_URL): string => `${consoleUrl}/logs/${service}`;

/** The uid of the board on which all promises are seen. */
export const SLO_BOARD = "slo";

/**
 * The page of the promises' board with one promise chosen.
 * @param slo the promise's name
 */
export const promiseUrl = (slo: string, consoleUrl = CONSOLE_URL): string =>
  `${boardUrl(SLO_BOARD, consoleUrl)}?var-slo=${slo}`;

/**
 * One panel of the promises' board with one promise chosen.
 * @param key the panel's key on that board
 * @param slo the promise's name, or a template for it
 */
export const promisePanelUrl = (key: string, slo: string, consoleUrl = CONSOLE_URL): string =>
  `${promiseUrl(slo, consoleUrl)}&${viewPanel(`${SLO_BOARD}/${key}`)}`;

/** Recorded series, `level:metric:operations`. */
export const recorded = {
  requestRate: "job:http_requests:rate5m",
  errorRatio: "job:http_request_errors:ratio_rate5m",
  latencyP95: "job:http_request_duration_seconds:p95_rate5m",
  /** No rule records it: it marks the made-up past of a demo, and its value is when that ends. */
  demoHistory: "watchkeeper:demo_history:end_timestamp_seconds",
} as const;

/**
 * Series that are recorded for every promise. All carry the label `slo` and no other, so that a promise which changes
 * hands keeps its history; `budgetRatio` alone also says whose it is and how it is watched.
 */
export const sloSeries = {
  /** Events, and those that broke the promise, since the last evaluation. */
  eventsDelta: "slo:events:delta",
  errorsDelta: "slo:errors:delta",
  /** The same since the promise was first evaluated. They never fall. */
  eventsCumulative: "slo:events:cumulative",
  errorsCumulative: "slo:errors:cumulative",
  /** Copies that are taken every hour: what long windows and long pauses of Prometheus go back to. */
  eventsHourly: "slo:events:cumulative_1h",
  errorsHourly: "slo:errors:cumulative_1h",
  bornHourly: "slo:born:timestamp_1h",
  /** There only in the first evaluation of all, as 0, and in the first one after a pause: what counting goes on from. */
  eventsResume: "slo:events:cumulative_resume",
  errorsResume: "slo:errors:cumulative_resume",
  bornResume: "slo:born:timestamp_resume",
  /** When the promise was first evaluated, in Unix time. */
  born: "slo:born:timestamp_seconds",
  /** Share of events that may break the promise. */
  budgetRatio: "slo:error_budget:ratio",
  /** How many may, over the whole window at the traffic seen so far. */
  budgetEvents: "slo:error_budget:events",
  /** Share of the budget that is left; below 0 the promise is broken. */
  budgetRemaining: "slo:error_budget_remaining:ratio",
  /** How many times as fast as allowed the budget is being spent. */
  burnRate1h: "slo:burn_rate:1h",
  burnRate6h: "slo:burn_rate:6h",
  /** What had been counted when the period of a calendar began; only of promises that hold over one. */
  eventsAtBegin: "slo:events:at_begin",
  errorsAtBegin: "slo:errors:at_begin",
  eventsAtBeginHourly: "slo:events:at_begin_1h",
  errorsAtBeginHourly: "slo:errors:at_begin_1h",
  /** Those that a promise tells apart, such as tenants; always 0. */
  groups: "slo:groups:tracked",
  /** 1 while events are not counted against the budget, 0 otherwise; only of promises with planned maintenance. */
  maintenance: "slo:maintenance:active",
} as const;

/** What boards call the mark of made-up data. */
export const DEMO_MARK = "Demo data";

/** Series that are recorded once for each calendar, with the label `window`. In Unix time. */
export const calendarSeries = {
  begin: "slo:calendar:begin_timestamp_seconds",
  beginHourly: "slo:calendar:begin_timestamp_1h",
  end: "slo:calendar:end_timestamp_seconds",
} as const;

/** Groups of rules in Prometheus. */
export const ruleGroups = {
  recording: "recording",
  symptoms: "symptoms",
  slo: "slo",
  sloMinute: "slo-minute",
  sloHourly: "slo-hourly",
} as const;

/** The alerts that every promise has. */
export const sloAlerts = {
  burnsFast: "SloBurnsFast",
  burnsSlowly: "SloBurnsSlowly",
  trafficLost: "SloTrafficLost",
  noEventsEver: "SloNoEventsEver",
  inconsistent: "SloInconsistent",
  budgetSpent: "SloBudgetSpent",
} as const;
export type SloAlertName = (typeof sloAlerts)[keyof typeof sloAlerts];

/**
 * The sorted set in Redis in which the Company Directory keeps one member per session, scored with the time at which
 * it expires (milliseconds since 1970). Who counts the scores after now has the active sessions without a scan.
 */
export const SESSION_EXPIRIES_KEY = "directory:session-expiries";

/** The Prometheus job of the probes from outside. Its `up` says that the prober answers, `probe_success` what it found. */
export const PROBE_JOB = "probe";

/**
 * The file, within the folder of a running stack, that holds the environment of its collector as JSON: what commands that
 * do a part of the collector's work begin with. Secrets are named in it by their files alone.
 */
export const COLLECTOR_ENVIRONMENT = "run/collector.env.json";
