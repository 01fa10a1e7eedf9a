import { probeSuccess } from "../external.ts";
import { authLoginAttemptsTotal } from "../metrics/auth.ts";
import { cacheHitsTotal, cacheMissesTotal } from "../metrics/cache.ts";
import { databaseQueryDurationSeconds } from "../metrics/database.ts";
import { httpRequestsTotal } from "../metrics/http.ts";
import { employeeSearchQueriesTotal } from "../metrics/search.ts";
import { tenantRequestsTotal } from "../metrics/tenant.ts";
import { buckets, count, match, notMatch, promql, series, sum } from "../promql.ts";
import { badOf, defineSlo, goodOf, groupedBy, uptime, within } from "../slo.ts";

const app = { job: "app" } as const;
const ours = { service: "app", owner: "directory", days: 30, board: "overview" } as const;

/** What probes and orchestrators ask for is no visitor's request. */
const VISITORS = notMatch("/healthz");

const restart = "Restart the directory if it is stuck: `npm run stop -- app`, then `npm start -- app`.";
const goBack =
  "If it began with a new version, check out the version before it and restart the directory: " +
  "`npm run stop -- app`, then `npm start -- app`.";
const log = "`.watchkeeper/logs/app.log` holds one line with level `error` for each failure.";

export const directoryAvailability = defineSlo({
  ...ours,
  name: "DirectoryAvailability",
  promise: "Of a thousand requests to the Company Directory, 999 are answered without an error of ours.",
  indicator: badOf(
    [series(httpRequestsTotal, { ...app, route: VISITORS, status: match("5..") })],
    [series(httpRequestsTotal, { ...app, route: VISITORS })],
  ),
  objective: 0.999,
  urgency: "page",
  preset: "balanced",
  runbook: {
    meaning: "Requests are answered with a 5xx status faster than the promise allows for.",
    impact: "People see errors while they sign in, search or save.",
    firstQuery: promql`
      topk(10, sum by (method, route, status) (
        rate(${series(httpRequestsTotal, { ...app, route: VISITORS, status: match("5..") })}[5m])))`,
    diagnosis: [
      "The first query says where: one route points to code or a query of its own, all routes to what they share.",
      "DatabaseUnreachable fires as well: the database is the cause, follow that page instead.",
      log,
    ],
    mitigation: [restart, "A dependency is at fault: bring it back first, the errors end by themselves."],
    rollback: goBack,
  },
});

/** How many tenants have a budget of their own. Each more costs Prometheus thirteen series. */
const TENANTS = 20;

export const directoryTenants = defineSlo({
  ...ours,
  name: "DirectoryTenants",
  promise: "Of a thousand requests of each tenant, 999 are answered without an error of ours.",
  indicator: badOf(
    [series(tenantRequestsTotal, { ...app, request_result: "error" })],
    [series(tenantRequestsTotal, app)],
  ),
  per: groupedBy(tenantRequestsTotal, "tenant", TENANTS),
  objective: 0.999,
  // What breaks it for all pages by DirectoryAvailability; what breaks it for one can wait for the morning.
  urgency: "ticket",
  preset: "strict",
  board: "performance",
  mayBeIdle: "nobody may be signed in",
  runbook: {
    meaning:
      "The requests of one tenant, or of all the smaller ones together, end in 5xx more often than promised.",
    impact: "People of that tenant see errors, while the directory looks well for everybody else.",
    firstQuery: promql`
      topk(10, sum by (tenant) (rate(${series(tenantRequestsTotal, { ...app, request_result: "error" })}[1h])))`,
    diagnosis: [
      "DirectoryAvailability burns as well: it is no matter of one tenant, start there.",
      "The alert's label `tenant` says whose it is; `other` is everybody who is not among the largest.",
      log,
    ],
    mitigation: [
      "Find in the log what the failing requests of that tenant have in common: mostly data that nobody else has.",
      "Tell the tenant: the console says since when, and how much of the budget it was.",
    ],
    rollback: goBack,
  },
});

export const directoryUptime = defineSlo({
  ...ours,
  name: "DirectoryUptime",
  promise: "Seen from outside, the Company Directory answers 99.9 % of the time.",
  indicator: uptime(series(probeSuccess, { job: "probe", target: "app" })),
  objective: 0.999,
  urgency: "page",
  preset: "balanced",
  runbook: {
    meaning: "The probe that asks the directory as a visitor would got no good answer in time.",
    impact: "Visitors who come in the same way as the probe reach nothing.",
    firstQuery: promql`${series(probeSuccess, { job: "probe" })}`,
    diagnosis: [
      "ServiceDown fires as well: no instance runs, follow that page instead.",
      "The directory's own metrics show requests and no errors: the way to it is broken, not the directory.",
      "Only the probe fails: read `.watchkeeper/logs/blackbox-exporter.log`.",
    ],
    mitigation: [restart],
    rollback: goBack,
  },
});

export const directoryLogin = defineSlo({
  ...ours,
  name: "DirectoryLogin",
  promise: "Of a thousand attempts to sign in, at most one fails through a fault of ours.",
  indicator: badOf(
    [series(authLoginAttemptsTotal, { ...app, login_result: match("error|sso_error") })],
    [series(authLoginAttemptsTotal, app)],
  ),
  objective: 0.999,
  urgency: "page",
  preset: "strict",
  runbook: {
    meaning: "Attempts to sign in end in an error of the directory or of single sign-on, not of the visitor.",
    impact: "People whose session has ended cannot get in.",
    firstQuery: promql`sum by (login_result) (rate(${series(authLoginAttemptsTotal, app)}[5m]))`,
    diagnosis: [
      "`error` grows: sessions live in Redis and passwords in PostgreSQL; see which of the two is away.",
      "`sso_error` grows: the provider of single sign-on is away, or its secret has expired.",
      log,
    ],
    mitigation: [restart, "A store is away: `npm run status` names it, `npm start` brings it back."],
    rollback: goBack,
  },
});

export const directorySearch = defineSlo({
  ...ours,
  name: "DirectorySearch",
  promise: "Of a thousand searches for a person, at most one fails.",
  indicator: badOf(
    [series(employeeSearchQueriesTotal, { ...app, search_result: "error" })],
    [series(employeeSearchQueriesTotal, app)],
  ),
  objective: 0.999,
  urgency: "page",
  preset: "strict",
  runbook: {
    meaning: "Searches end in an error instead of an answer, be it an empty one.",
    impact: "Nobody finds a colleague, which is what most visits are for.",
    firstQuery: promql`sum by (search_result) (rate(${series(employeeSearchQueriesTotal, app)}[5m]))`,
    diagnosis: [
      "All of the directory fails: DirectoryAvailability burns too, start there.",
      "Only searches fail: their query is too slow or its index is gone; the log names the error.",
      log,
    ],
    mitigation: [restart],
    rollback: goBack,
  },
});

export const directoryCache = defineSlo({
  ...ours,
  name: "DirectoryCache",
  promise: "Of ten look-ups in the Company Directory's caches, seven are answered by them.",
  indicator: goodOf(
    [series(cacheHitsTotal, app)],
    [series(cacheHitsTotal, app), series(cacheMissesTotal, app)],
  ),
  objective: 0.7,
  urgency: "ticket",
  preset: "strict",
  runbook: {
    meaning: "More than three of ten look-ups miss, for longer than a cold start takes.",
    impact: "Pages become slower and PostgreSQL busier; nothing fails yet.",
    firstQuery: promql`
      sum by (cache) (rate(${series(cacheHitsTotal, app)}[15m]))
      / (sum by (cache) (rate(${series(cacheHitsTotal, app)}[15m]))
        + sum by (cache) (rate(${series(cacheMissesTotal, app)}[15m])))`,
    diagnosis: [
      "The first query names the cache. All of them: Redis is away, or it evicts what was just written.",
      "One of them: its keys changed with a version, or something forgets its entries too often.",
    ],
    mitigation: ["Redis is away: `npm start -- redis`.", "Redis evicts: give it more memory."],
    rollback: goBack,
  },
});

export const directoryQueries = defineSlo({
  ...ours,
  name: "DirectoryQueries",
  promise: "Of a hundred database queries of the Company Directory, 95 take at most 100 ms.",
  // Every transaction begins by naming its tenant: that is quick, and half of all queries would hide the slow ones.
  indicator: within(databaseQueryDurationSeconds, 0.1, { ...app, query: notMatch("tenant_scope") }),
  objective: 0.95,
  urgency: "ticket",
  preset: "strict",
  runbook: {
    meaning: "More than one query of twenty takes longer than 100 ms.",
    impact: "Everything that is not cached becomes slow.",
    firstQuery: promql`
      topk(5, sum by (query) (rate(${sum(databaseQueryDurationSeconds, app)}[5m]))
        / sum by (query) (rate(${count(databaseQueryDurationSeconds, app)}[5m])))`,
    diagnosis: [
      "The first query names the slowest. One of them: look at its plan; an index may be gone or no longer used.",
      "All of them: the machine's processor or disk is busy, or connections wait for each other.",
      `Its spread over time: \`${buckets(databaseQueryDurationSeconds, app).text}\`.`,
    ],
    mitigation: ["End what keeps the database busy; a backup or a migration is a common cause."],
    rollback: goBack,
  },
});
