import { authActiveSessions, authLoginAttemptsTotal } from "@watchkeeper/catalogue/metrics/auth";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { employeeSearchQueriesTotal } from "@watchkeeper/catalogue/metrics/search";
import { Expr, match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { query } from "../query.ts";
import { neutral, rising } from "../thresholds.ts";

const profile = { job: "app", route: "/api/employees/:id", status: match("2..") } as const;

const signIns = series(authLoginAttemptsTotal, { login_result: "success" });
const searches = series(employeeSearchQueriesTotal);
const fruitless = series(employeeSearchQueriesTotal, { search_result: "empty" });
const updates = series(httpRequestsTotal, { ...profile, method: "PATCH" });
const views = series(httpRequestsTotal, { ...profile, method: "GET" });

/** Whole events: what Prometheus adds at the ends of the span makes halves of them. */
const during = (events: Expr, span: "1h" | "24h") =>
  promql`round(sum(increase(${events}[${new Expr(span)}])))`;

const anHour = { step: "1h" } as const;

export const business = defineBoard({
  uid: "business",
  title: "How people use the directory",
  about:
    "Who comes, what they look for and what they change: figures for everybody, without technical words.",
  tags: ["directory", "business"],
  span: "24h",
  links: ["overview"],
  rows: [
    {
      title: "In the last 24 hours",
      panels: [
        {
          type: "stat",
          key: "signed-in-now",
          title: "Signed in now",
          about: "Sessions that are open at this moment. One person with two devices counts twice.",
          width: 6,
          metric: authActiveSessions,
          decimals: 0,
          queries: [query(promql`max(${series(authActiveSessions)})`)],
          thresholds: neutral,
        },
        {
          type: "stat",
          key: "sign-ins-day",
          title: "Sign-ins",
          about: "How often people signed in during the last 24 hours.",
          width: 6,
          metric: authLoginAttemptsTotal,
          unit: "none",
          decimals: 0,
          queries: [query(during(signIns, "24h"))],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "searches-day",
          title: "Searches",
          about: "How often people searched for a colleague during the last 24 hours.",
          width: 6,
          metric: employeeSearchQueriesTotal,
          unit: "none",
          decimals: 0,
          queries: [query(during(searches, "24h"))],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "updates-day",
          title: "Profiles updated",
          about: "How often people changed a profile during the last 24 hours.",
          width: 6,
          metric: httpRequestsTotal,
          unit: "none",
          decimals: 0,
          queries: [query(promql`${during(updates, "24h")} or 0 * ${during(searches, "24h")}`)],
          thresholds: neutral,
          sparkline: false,
        },
      ],
    },
    {
      title: "Hour by hour",
      panels: [
        {
          type: "timeseries",
          key: "sign-ins",
          title: "Sign-ins each hour",
          about:
            "A working day has a hill in the morning. A morning without one means that people cannot get in.",
          width: 12,
          metric: authLoginAttemptsTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          queries: [query(during(signIns, "1h"), "sign-ins", anHour)],
        },
        {
          type: "timeseries",
          key: "searches",
          title: "Searches each hour",
          about: "Searches that found somebody and searches that found nobody.",
          width: 12,
          metric: employeeSearchQueriesTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          stacked: true,
          queries: [
            query(
              during(series(employeeSearchQueriesTotal, { search_result: "found" }), "1h"),
              "found somebody",
              anHour,
            ),
            query(during(fruitless, "1h"), "found nobody", anHour),
          ],
          colours: { "found somebody": "green", "found nobody": "orange" },
        },
        {
          type: "timeseries",
          key: "views",
          title: "Profiles opened each hour",
          about: "How often people looked at a colleague's profile.",
          width: 12,
          metric: httpRequestsTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          queries: [query(during(views, "1h"), "opened", anHour)],
        },
        {
          type: "timeseries",
          key: "updates",
          title: "Profiles updated each hour",
          about: "How often people kept a profile up to date.",
          width: 12,
          metric: httpRequestsTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          queries: [query(during(updates, "1h"), "updated", anHour)],
        },
        {
          type: "timeseries",
          key: "sessions",
          title: "Signed in at the same time",
          about: "Sessions that were open at each moment.",
          width: 24,
          metric: authActiveSessions,
          decimals: 0,
          queries: [query(promql`max(${series(authActiveSessions)})`, "signed in")],
        },
      ],
    },
    {
      title: "Where people get stuck",
      panels: [
        {
          type: "stat",
          key: "fruitless",
          title: "Searches that found nobody",
          about:
            "Share of the last 24 hours' searches. Many of them mean that people are missing, or misspelled.",
          width: 6,
          metric: employeeSearchQueriesTotal,
          unit: "percentunit",
          decimals: 1,
          queries: [query(promql`sum(increase(${fruitless}[24h])) / (sum(increase(${searches}[24h])) > 0)`)],
          thresholds: rising(0.2, 0.4),
          nothing: "nobody searched",
          sparkline: false,
        },
        {
          type: "timeseries",
          key: "refused",
          title: "Sign-ins that failed, each hour",
          about:
            "A few wrong passwords are every day's life. A wall of them is an attack; troubles of ours are to be mended.",
          width: 18,
          metric: authLoginAttemptsTotal,
          unit: "none",
          decimals: 0,
          bars: true,
          stacked: true,
          queries: [
            query(
              during(series(authLoginAttemptsTotal, { login_result: "invalid_credentials" }), "1h"),
              "wrong password",
              anHour,
            ),
            query(
              during(series(authLoginAttemptsTotal, { login_result: "rate_limited" }), "1h"),
              "too many attempts",
              anHour,
            ),
            query(
              during(series(authLoginAttemptsTotal, { login_result: match("error|sso_error") }), "1h"),
              "trouble of ours",
              anHour,
            ),
          ],
          colours: { "wrong password": "yellow", "too many attempts": "orange", "trouble of ours": "red" },
        },
      ],
    },
  ],
});
