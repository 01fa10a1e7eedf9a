import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { errorRatio, requestRate } from "../recording.ts";

/** One failure of three requests at night is a ratio of 33 % and no reason to wake anybody. */
const MINIMUM_REQUESTS_PER_SECOND = 0.1;
const LARGEST_RATIO = 0.05;

const app = { job: "app" } as const;
const answers = (status: string) =>
  series(httpRequestsTotal, { ...app, instance: "a", method: "GET", route: "/api/employees", status });

export const highErrorRate = defineAlert({
  name: "HighErrorRate",
  expr: promql`
    ${series(errorRatio, app)} > ${LARGEST_RATIO}
    and ${series(requestRate, app)} > ${MINIMUM_REQUESTS_PER_SECOND}`,
  for: "5m",
  severity: "page",
  service: "app",
  owner: "directory",
  summary: "The Company Directory answers too many requests with an error.",
  description: "{{ $value | humanizePercentage }} of the Company Directory's requests fail (more than 5 %).",
  runbook: {
    meaning:
      "More than 5 % of the directory's answers have had a 5xx status for five minutes, at real traffic.",
    impact: "People see errors while they sign in, search or save. The directory as a whole still answers.",
    firstQuery: promql`
      topk(10, sum by (method, route, status) (
        rate(${series(httpRequestsTotal, { ...app, status: match("5..") })}[5m])))`,
    diagnosis: [
      "The first query says where: one route points to code or a query of its own, all routes to what they share.",
      "If DatabaseUnreachable fires as well, the database is the cause: follow that page instead.",
      "`.watchkeeper/logs/app.log` holds one line with level `error` for each failure.",
      "Look at the board for what changed at the time at which the errors began.",
    ],
    mitigation: [
      "Restart the directory if it is stuck: `npm run stop -- app`, then `npm start -- app`.",
      "A dependency is at fault: bring it back first, the errors end by themselves.",
    ],
    rollback:
      "If the errors began with a new version, check out the version before it and restart the directory: " +
      "`npm run stop -- app`, then `npm start -- app`.",
  },
  board: "overview",
  panel: "overview/error-ratio-history",
  logs: "app",
  inhibitedBy: {
    never: "a share of five minutes outlives its cause: kept quiet, it would page when all is over",
  },
  tests: {
    fires: [
      {
        title: "40 % of a little traffic fail",
        input: [
          { series: answers("200"), values: "0+1.2x80" },
          { series: answers("500"), values: "0+0.8x80" },
        ],
        at: "15m",
        labels: app,
        description: "40% of the Company Directory's requests fail (more than 5 %).",
      },
      {
        title: "everything fails at once after an hour of health",
        input: [
          { series: answers("200"), values: "0+150x240 36000+0x60" },
          { series: answers("503"), values: "0x240 0+150x60" },
        ],
        at: "70m",
        labels: app,
        description: "100% of the Company Directory's requests fail (more than 5 %).",
      },
    ],
    quiet: [
      {
        title: "0.1 % of 100 requests a second fail",
        input: [
          { series: answers("200"), values: "0+1498.5x240" },
          { series: answers("500"), values: "0+1.5x240" },
        ],
        at: "50m",
      },
      {
        title: "every request fails and there is hardly any",
        input: [{ series: answers("500"), values: "0+1x80" }],
        at: "15m",
      },
      {
        title: "nothing has ever failed",
        input: [{ series: answers("200"), values: "0+150x80" }],
        at: "15m",
      },
      {
        title: "the visitor's own mistakes are not ours",
        input: [{ series: answers("404"), values: "0+150x80" }],
        at: "15m",
      },
      { title: "nobody is there", input: [{ series: answers("200"), values: "100x80" }], at: "15m" },
      {
        title: "another service fails",
        input: [
          {
            series: series(httpRequestsTotal, {
              job: "console",
              instance: "c",
              method: "GET",
              route: "/",
              status: "500",
            }),
            values: "0+150x80",
          },
        ],
        at: "15m",
      },
    ],
  },
});
