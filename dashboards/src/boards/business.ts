import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { authActiveSessions, authLoginAttemptsTotal } from "@watchkeeper/catalogue/metrics/auth";
import {
  businessActiveUsers,
  businessDemoData,
  businessEventsLastHour,
  businessFeatureUsers,
  businessNpsResponses,
  businessNpsScore,
  businessTicketResolutionMedianSeconds,
  businessTicketsOpen,
  businessTicketsOpened,
  pageLoadDurationSeconds,
} from "@watchkeeper/catalogue/metrics/business";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { employeeSearchQueriesTotal } from "@watchkeeper/catalogue/metrics/search";
import { buckets, Expr, match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineBoard } from "../board.ts";
import { query } from "../query.ts";
import { falling, neutral, rising } from "../thresholds.ts";

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

/** Several collectors say the same. */
const people = (window: "day" | "week" | "month") =>
  promql`max(${series(businessActiveUsers, { activity_window: window })})`;

/** What managers read instead of a label's values. */
type Words<Value extends string> = Readonly<Record<Value, string>>;

const featureWords: Words<LabelValue<"feature">> = {
  search: "look for people",
  profile_view: "open profiles",
  profile_update: "change profiles",
};
const eventWords: Words<LabelValue<"business_event">> = {
  login: "sign-ins",
  search: "searches",
  empty_search: "searches that found nobody",
  profile_view: "profiles opened",
  profile_update: "profiles changed",
};
const phaseWords: Words<"first_byte" | "largest_paint"> = {
  first_byte: "the first answer",
  largest_paint: "the largest part to see",
};

/** One query for each value, named by its words. */
const inWords = <Value extends string>(words: Words<Value>, ask: (value: Value) => Expr) =>
  (Object.keys(words) as Value[]).map((value) => query(ask(value), words[value]));

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
      title: "People",
      panels: [
        {
          type: "stat",
          key: "people-day",
          title: "People in a day",
          about: "Different people who used the directory in the last 24 hours.",
          width: 4,
          metric: businessActiveUsers,
          decimals: 0,
          queries: [query(people("day"))],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "people-week",
          title: "In a week",
          about: "Different people who used the directory in the last seven days.",
          width: 4,
          metric: businessActiveUsers,
          decimals: 0,
          queries: [query(people("week"))],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "people-month",
          title: "In a month",
          about: "Different people who used the directory in the last 30 days.",
          width: 4,
          metric: businessActiveUsers,
          decimals: 0,
          queries: [query(people("month"))],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "nps",
          title: "Net promoter score",
          about: "Would people recommend the directory? From -100 (nobody) to 100 (everybody), over 90 days.",
          width: 4,
          metric: businessNpsScore,
          decimals: 0,
          queries: [query(promql`max(${series(businessNpsScore)})`)],
          thresholds: falling(30, 0),
          nothing: "nobody was asked",
          sparkline: false,
        },
        {
          type: "stat",
          key: "nps-answers",
          title: "Answers to it",
          about: "How many people answered in the last 90 days. A score of a few answers says little.",
          width: 4,
          metric: businessNpsResponses,
          decimals: 0,
          queries: [query(promql`max(${series(businessNpsResponses)})`)],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "demo",
          title: "Demo data",
          about: "Whether these figures include made-up companies and people.",
          width: 4,
          metric: businessDemoData,
          queries: [query(promql`max(${series(businessDemoData)})`)],
          words: { 0: "none", 1: "included" },
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "bargauge",
          key: "adoption",
          title: "What people use",
          about: "Share of the last 30 days' people who used each feature at least once.",
          width: 8,
          metric: businessFeatureUsers,
          unit: "percentunit",
          max: 1,
          queries: inWords(
            featureWords,
            (feature) =>
              promql`max(${series(businessFeatureUsers, { feature })}) / on () (${people("month")} > 0)`,
          ),
          thresholds: neutral,
          nothing: "nobody was here",
        },
        {
          type: "timeseries",
          key: "last-hour",
          title: "In each full hour, from the database",
          about:
            "What was stored and counted once, whatever instance of the directory it came from. The counters below may miss what a restart took with it.",
          width: 16,
          metric: businessEventsLastHour,
          decimals: 0,
          queries: inWords(
            eventWords,
            (business_event) => promql`max(${series(businessEventsLastHour, { business_event })})`,
          ),
        },
      ],
    },
    {
      title: "What people look for, in the last seven days",
      panels: [
        {
          type: "toplist",
          key: "top-terms",
          title: "Most searched terms",
          about:
            "Each row is about one company, and about so many of its people that none of them can be told. Renewed when something happens.",
          width: 12,
          list: "search-terms",
          nothing: "nothing that enough people looked for",
        },
        {
          type: "toplist",
          key: "top-profiles",
          title: "Most viewed profiles",
          about: "Colleagues whom enough different people of their company looked up.",
          width: 12,
          list: "profiles",
          nothing: "nobody whom enough people looked for",
        },
      ],
    },
    {
      title: "Support and speed",
      panels: [
        {
          type: "stat",
          key: "tickets-open",
          title: "Open tickets",
          about: "Support tickets that are not resolved.",
          width: 4,
          metric: businessTicketsOpen,
          decimals: 0,
          queries: [query(promql`max(${series(businessTicketsOpen)})`)],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "tickets-opened",
          title: "Opened in a week",
          about: "Support tickets that were opened in the last seven days.",
          width: 4,
          metric: businessTicketsOpened,
          decimals: 0,
          queries: [query(promql`max(${series(businessTicketsOpened)})`)],
          thresholds: neutral,
          sparkline: false,
        },
        {
          type: "stat",
          key: "tickets-time",
          title: "Time to resolve half of them",
          about: "Half of the tickets resolved in the last 30 days took less than this.",
          width: 4,
          metric: businessTicketResolutionMedianSeconds,
          queries: [query(promql`max(${series(businessTicketResolutionMedianSeconds)})`)],
          thresholds: neutral,
          nothing: "none was resolved",
          sparkline: false,
        },
        {
          type: "timeseries",
          key: "page-load",
          title: "How long people wait for the page",
          about:
            "Three of four visitors waited at most so long, as their own browsers measured it. 2.5 s for the largest paint is good.",
          width: 12,
          metric: pageLoadDurationSeconds,
          queries: inWords(
            phaseWords,
            (page_phase) =>
              promql`histogram_quantile(0.75, sum by (le) (increase(${buckets(pageLoadDurationSeconds, { page_phase })}[1h])))`,
          ),
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
