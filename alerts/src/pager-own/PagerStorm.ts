import { pagerIncidentsOpen, pagerStormsOpen } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerStorm = definePagerOwnAlert({
  name: "PagerStorm",
  ...pagerOwn.PagerStorm,
  service: "pager",
  owner: "platform",
  summary: "So many incidents at once that one speaks for the rest.",
  runbook: {
    meaning:
      "More incidents opened within a minute than people can read. The first ones were told one by one; the others are " +
      "folded into this incident, whose description counts them by alert. Every alert is stored, and the console lists " +
      "every incident. The severity is that of the worst one: a storm of tickets is a ticket.",
    impact: "Something large is broken, or a rule fires for everything at once.",
    firstQuery: promql`sum by (severity) (${series(pagerIncidentsOpen)})`,
    diagnosis: [
      "The description names the most frequent alerts: what do their services share (a host, a database, a network)?",
      "Did a rule change in the last minutes? A new rule without a filter fires for everything.",
      `\`${series(pagerStormsOpen).text}\` is 0 again once five minutes have passed without a new incident.`,
    ],
    mitigation: [
      "Look for the one cause first; the console's list of incidents, oldest first, mostly begins with it.",
      "If it is a rule, silence it in Alertmanager while you mend it.",
    ],
    rollback:
      "If it began with a change of the rules, check out the ones before it and run `npm start` again.",
  },
  logs: "pager",
  raised:
    "When the new incidents of a route within a minute would make more than 20 messages, or are more than 10. A P0 of a " +
    "service that no other P0 has told of is told all the same, up to five a minute.\n\n" +
    "It ends when no new incident has come for five minutes and all those folded into it are over.",
});
