import { pagerReadinessProblems } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerNotReady = definePagerOwnAlert({
  name: "PagerNotReady",
  ...pagerOwn.PagerNotReady,
  service: "pager",
  owner: "platform",
  summary: "Pages may not reach a team.",
  runbook: {
    meaning:
      "Somebody who may be paged has fewer than two channels that took a message in the last 30 days, nobody is on call " +
      "at some time of the next 14 days, or messages to an address of the team have failed for ten minutes. The " +
      "description says which.",
    impact: "Nothing is broken yet. The next page at night may reach nobody.",
    firstQuery: promql`sum by (readiness_problem) (${series(pagerReadinessProblems)})`,
    diagnosis: [
      "`GET /api/readiness` of the pager lists every problem with the person, schedule or address.",
      "`file_not_used` means that the on-call file was changed and is wrong: the answer names the line, and the roster " +
        "before is still in use.",
    ],
    mitigation: [
      "A person without verified channels: send them a test page (`POST /api/people/{person}/test-page`), and ask " +
        "whether it arrived on two channels.",
      "A gap: add somebody to the schedule in the on-call file, or an override through the API. Where the gap is meant, " +
        "say so in the file, with `mayHaveGaps: true`.",
      "A failing address: it is mistyped, or the provider refuses it; the pager's log has its answer.",
    ],
    rollback:
      "If it began with a change of the on-call file, take the change back: the file is read again at once.",
  },
  logs: "pager",
  raised:
    "In the working hours of the team, to its owner as the on-call file names them; outside of them it is not raised. " +
    "Each team has an incident of its own. A new installation has a day before anybody is asked. It ends when nothing " +
    "is left, at any hour.",
});
