import { httpRequestDurationSeconds } from "../metrics/http.ts";
import { buckets, match, notMatch, promql } from "../promql.ts";
import { defineSlo, within } from "../slo.ts";

/** An error that comes fast is no fast answer: the promises about availability count it, these do not. */
const ANSWERED = notMatch("5..");

type Where = Parameters<typeof buckets<"method" | "route" | "status">>[1];
type Edge = (typeof httpRequestDurationSeconds)["buckets"][number];

/** The latency of one class of requests: a share of them within an edge of the histogram. */
const latency = (of: {
  readonly name: string;
  readonly promise: string;
  readonly what: string;
  readonly edge: Edge;
  readonly objective: number;
  readonly urgency: "page" | "ticket";
  readonly where: Where;
}) =>
  defineSlo({
    name: of.name,
    promise: of.promise,
    service: "app",
    owner: "directory",
    indicator: within(httpRequestDurationSeconds, of.edge, { job: "app", ...of.where, status: ANSWERED }),
    objective: of.objective,
    days: 30,
    urgency: of.urgency,
    preset: "strict",
    board: "performance",
    runbook: {
      meaning: `Too many answers to ${of.what} take longer than ${of.edge} s.`,
      impact: "The directory works and feels slow. Who waits too long asks again, which makes it slower.",
      firstQuery: promql`
        histogram_quantile(0.95, sum by (route, le) (
          rate(${buckets(httpRequestDurationSeconds, { job: "app", ...of.where })}[5m])))`,
      diagnosis: [
        "DirectoryQueries burns as well: the database is slow, start there.",
        "DirectoryCache burns as well: Redis is away or evicts, and PostgreSQL does its work.",
        "The event loop's delay is high: something computes for long within one request.",
        "Nothing of that: compare the number of requests with that of an ordinary day.",
      ],
      mitigation: [
        "Bring back what is slow or away; the directory recovers by itself.",
        "Restart the directory if its memory or its event loop's delay keeps growing: " +
          "`npm run stop -- app`, then `npm start -- app`.",
      ],
      rollback:
        "If it began with a new version, check out the version before it and restart the directory: " +
        "`npm run stop -- app`, then `npm start -- app`.",
    },
  });

export const directoryLatency = latency({
  name: "DirectoryLatency",
  promise: "Of a hundred requests to the Company Directory, 99 are answered within two seconds.",
  what: "requests of any kind",
  edge: 2,
  objective: 0.99,
  urgency: "page",
  where: { route: notMatch("/healthz") },
});

/** The list of people and the search in it are one route, so the looser of their two targets is the promise. */
export const directorySearchLatency = latency({
  name: "DirectorySearchLatency",
  promise: "Of a hundred lists and searches of people, 95 are answered within 150 ms.",
  what: "lists and searches of people",
  edge: 0.15,
  objective: 0.95,
  urgency: "ticket",
  where: { method: "GET", route: "/api/employees" },
});

export const directoryProfileLatency = latency({
  name: "DirectoryProfileLatency",
  promise: "Of a hundred views of a profile, 95 are answered within 100 ms.",
  what: "views of a profile",
  edge: 0.1,
  objective: 0.95,
  urgency: "ticket",
  where: { method: "GET", route: match("/api/employees/:id|/api/me") },
});

export const directoryUpdateLatency = latency({
  name: "DirectoryUpdateLatency",
  promise: "Of a hundred changes and new people, 95 are answered within 50 ms.",
  what: "changes of a profile and new people",
  edge: 0.05,
  objective: 0.95,
  urgency: "ticket",
  where: { method: match("PATCH|POST"), route: match("/api/employees/:id|/api/employees") },
});

/** A password check costs a fifth of a second of processor time on purpose; two at once have to wait for each other. */
export const directoryLoginLatency = latency({
  name: "DirectoryLoginLatency",
  promise: "Of a hundred attempts to sign in, 95 are answered within a second.",
  what: "attempts to sign in",
  edge: 1,
  objective: 0.95,
  urgency: "ticket",
  where: { method: "POST", route: "/api/login" },
});
