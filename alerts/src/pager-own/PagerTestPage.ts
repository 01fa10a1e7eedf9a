import { pagerDeliveryAttemptsTotal } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerTestPage = definePagerOwnAlert({
  name: "PagerTestPage",
  ...pagerOwn.PagerTestPage,
  service: "pager",
  owner: "platform",
  summary: "Somebody tries whether a person's channels work.",
  runbook: {
    meaning:
      "The pager sends this to one person by all of their channels, because somebody asked it to or because a week has " +
      "passed since the last one.",
    impact: "None. Nothing is wrong.",
    firstQuery: promql`
      sum by (channel, delivery_result) (increase(${series(pagerDeliveryAttemptsTotal)}[15m]))`,
    diagnosis: ["The incident's page in the console says which channel's provider took the message."],
    mitigation: [
      "Say whether it arrived, and on which channels. Acknowledging or resolving it does no harm.",
    ],
    rollback: "It ends by itself 15 minutes after it was sent.",
  },
  logs: "pager",
  raised:
    "When somebody asks for it (`POST /api/people/{person}/test-page`), and once a week in the working hours of the " +
    "person's team unless the on-call file says `weeklyTestPage: false`. Each is an incident of its own.",
});
