import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { authActiveSessions, authLoginAttemptsTotal } from "@watchkeeper/catalogue/metrics/auth";
import {
  cacheErrorsTotal,
  cacheHitsTotal,
  cacheLookupDurationSeconds,
  cacheMissesTotal,
} from "@watchkeeper/catalogue/metrics/cache";
import { appDependencyUp } from "@watchkeeper/catalogue/metrics/dependency";
import {
  httpRequestDurationSeconds,
  httpRequestSizeBytes,
  httpRequestsInFlight,
  httpRequestsTotal,
  httpResponseSizeBytes,
} from "@watchkeeper/catalogue/metrics/http";
import { logMessagesTotal } from "@watchkeeper/catalogue/metrics/log";
import { httpProblemsTotal } from "@watchkeeper/catalogue/metrics/problems";
import {
  employeeSearchDurationSeconds,
  employeeSearchQueriesTotal,
} from "@watchkeeper/catalogue/metrics/search";
import { durations, growth, level, type Over, type Shape, sumGrowth } from "../shape.ts";
import type { Moment } from "../world/world.ts";

/** What visitors ask for, as a share of their requests, and how long half of the answers take at most. */
const REQUESTS = [
  { method: "GET", route: "/api/employees", status: "200", share: 0.42, half: 0.014 },
  { method: "GET", route: "/api/employees", status: "304", share: 0.04, half: 0.006 },
  { method: "GET", route: "/api/employees/:id", status: "200", share: 0.37, half: 0.006 },
  { method: "GET", route: "/api/employees/:id", status: "404", share: 0.01, half: 0.004 },
  { method: "GET", route: "/api/me", status: "200", share: 0.07, half: 0.004 },
  { method: "PATCH", route: "/api/employees/:id", status: "200", share: 0.05, half: 0.006 },
  { method: "POST", route: "/api/login", status: "200", share: 0.016, half: 0.12 },
  { method: "POST", route: "/api/login", status: "401", share: 0.009, half: 0.12 },
  { method: "POST", route: "/api/logout", status: "204", share: 0.015, half: 0.003 },
] as const;

/** A request that fails would have been one of the first of these. */
const FAILURES = REQUESTS.filter(({ status }) => status === "200");

const fine = (share: number) => (moment: Moment) => moment.requests * share * (1 - moment.failing);
const failed = (share: number) => (moment: Moment) => moment.requests * share * moment.failing;

const requests: readonly Shape[] = [
  ...REQUESTS.map(({ share, half, ...labels }) => ({ labels, rate: fine(share), half })),
  ...FAILURES.map(({ share, half, ...labels }) => ({
    labels: { ...labels, status: "500" },
    rate: failed(share),
    half: half * 3,
  })),
  { labels: { method: "GET", route: "/healthz", status: "200" }, rate: () => 0.13, half: 0.001 },
  { labels: { method: "GET", route: "unmatched", status: "404" }, rate: fine(0.007), half: 0.002 },
].map(({ labels, rate, half }) =>
  durations(httpRequestDurationSeconds, "app", labels as never, { rate, half, counted: httpRequestsTotal }),
);

/** Bytes of a request and of its answer, heads included; most requests are for these. */
const SIZES = [
  { route: "/api/employees", share: 0.46, asked: 620, answered: 9_400 },
  { route: "/api/employees/:id", share: 0.43, asked: 600, answered: 1_300 },
  { route: "/api/me", share: 0.07, asked: 560, answered: 900 },
  { route: "/api/login", share: 0.025, asked: 420, answered: 800 },
] as const;

const sizes: readonly Shape[] = SIZES.flatMap(({ route, share, asked, answered }) => [
  sumGrowth(httpRequestSizeBytes, "app", { route }, ({ requests }) => requests * share * asked),
  sumGrowth(httpResponseSizeBytes, "app", { route }, ({ requests }) => requests * share * answered),
]);

const SIGN_INS = 0.025;
const signIns = (share: number) => (moment: Moment) =>
  moment.requests * SIGN_INS * share * (1 - moment.failing - moment.failingLogins);

/** How often a look-up finds its answer, and look-ups for each request. */
const CACHES = [
  { cache: "session", found: 0.95, looks: 0.97 },
  { cache: "profile", found: 0.82, looks: 0.38 },
  { cache: "search", found: 0.74, looks: 0.42 },
  { cache: "tenant_config", found: 0.99, looks: 0.03 },
] as const;

/** How long they take, of the one that is asked most: a histogram is many series. */
const lookUps: readonly Shape[] = CACHES.filter(({ looks }) => looks > 0.5).map(({ cache, looks }) =>
  durations(
    cacheLookupDurationSeconds,
    "app",
    { cache },
    { rate: ({ requests }) => requests * looks, half: 0.000_3 },
  ),
);

/** A cache is cold for a quarter of an hour after a start. */
const found = (usually: number, { at, startedAt }: Moment): number =>
  usually * (1 - 0.6 * Math.exp((startedAt - at) / 400));

/** Refusals for each request: the same requests as those that end in 401, 404 and 500 above. */
const PROBLEMS = {
  invalid_credentials: fine(0.009),
  not_found: fine(0.017),
  version_conflict: fine(0.000_3),
  rate_limited: fine(0.000_25),
  internal: failed(1),
} satisfies Partial<Record<LabelValue<"problem">, Over>>;

/** The directory writes a line for each request, a warning for each refusal to sign in, an error for each failure. */
const MESSAGES = {
  info: fine(1),
  warn: fine(0.000_5),
  error: failed(1),
  fatal: () => 0,
} satisfies Partial<Record<LabelValue<"level">, Over>>;

const told: readonly Shape[] = [
  ...Object.entries(PROBLEMS).map(([problem, over]) =>
    growth(httpProblemsTotal, "app", { problem: problem as keyof typeof PROBLEMS }, over),
  ),
  ...Object.entries(MESSAGES).map(([level, over]) =>
    growth(logMessagesTotal, "app", { level: level as keyof typeof MESSAGES }, over),
  ),
];

export const directoryShapes: readonly Shape[] = [
  ...requests,
  ...sizes,
  level(httpRequestsInFlight, "app", {}, ({ requests, slowness }) =>
    Math.round(1 + requests * 0.04 * slowness),
  ),
  growth(authLoginAttemptsTotal, "app", { login_result: "success" }, signIns(0.64)),
  growth(authLoginAttemptsTotal, "app", { login_result: "invalid_credentials" }, signIns(0.35)),
  growth(authLoginAttemptsTotal, "app", { login_result: "rate_limited" }, signIns(0.01)),
  growth(authLoginAttemptsTotal, "app", { login_result: "error" }, failed(SIGN_INS)),
  growth(
    authLoginAttemptsTotal,
    "app",
    { login_result: "sso_error" },
    (moment) => moment.requests * SIGN_INS * moment.failingLogins,
  ),
  level(authActiveSessions, "collector", {}, ({ requests, wobble }) =>
    Math.round(6 + requests * 5 * (1 + 0.1 * wobble("sessions"))),
  ),
  growth(employeeSearchQueriesTotal, "app", { search_result: "found" }, fine(0.42)),
  growth(employeeSearchQueriesTotal, "app", { search_result: "empty" }, fine(0.04)),
  growth(employeeSearchQueriesTotal, "app", { search_result: "error" }, failed(0.46)),
  durations(
    employeeSearchDurationSeconds,
    "app",
    {},
    { rate: ({ requests }) => requests * 0.46, half: 0.011 },
  ),
  ...told,
  ...lookUps,
  ...CACHES.flatMap(({ cache, looks, ...of }) => [
    growth(cacheHitsTotal, "app", { cache }, (m) => m.requests * looks * found(of.found, m)),
    growth(cacheMissesTotal, "app", { cache }, (m) => m.requests * looks * (1 - found(of.found, m))),
    growth(cacheErrorsTotal, "app", { cache }, () => 0),
  ]),
  level(appDependencyUp, "app", { dependency: "postgres" }, () => 1),
  level(appDependencyUp, "app", { dependency: "redis" }, () => 1),
];
