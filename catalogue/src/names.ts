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

/** Recorded series, `level:metric:operations`. */
export const recorded = {
  requestRate: "job:http_requests:rate5m",
  errorRatio: "job:http_request_errors:ratio_rate5m",
} as const;

/** Groups of rules in Prometheus. */
export const ruleGroups = { recording: "recording", symptoms: "symptoms" } as const;

/**
 * The sorted set in Redis in which the Company Directory keeps one member per session, scored with the time at which
 * it expires (milliseconds since 1970). Who counts the scores after now has the active sessions without a scan.
 */
export const SESSION_EXPIRIES_KEY = "directory:session-expiries";

/** The Prometheus job of the probes from outside. Its `up` says that the prober answers, `probe_success` what it found. */
export const PROBE_JOB = "probe";
