import { pagerEscalationsTotal, pagerUnreached } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerNobodyReached = definePagerOwnAlert({
  name: "PagerNobodyReached",
  ...pagerOwn.PagerNobodyReached,
  service: "pager",
  owner: "platform",
  summary: "Everybody was asked about an incident and nobody has answered.",
  runbook: {
    meaning:
      "An incident that pages went through all levels of its escalation policy, all repetitions and the catch-all, and " +
      "nobody has acknowledged it. The title names the incident.",
    impact: "Something is broken that somebody must look at now, and nobody does.",
    firstQuery: promql`${series(pagerUnreached)}`,
    diagnosis: [
      "The incident's timeline in the console says who was asked, when and by which channel, and which messages arrived.",
      `Nobody on call at some level: \`${promql`sum by (escalation_result) (increase(${series(pagerEscalationsTotal)}[1h]))`}\` ` +
        "counts `nobody_on_call`.",
      "Messages arrived and nobody reacted: people sleep through their channel, or are not who should be on call.",
    ],
    mitigation: [
      "Look after the incident yourself: acknowledge it in the console, which also ends this alert.",
      "Or call somebody who can, by telephone.",
    ],
    rollback:
      "None: the alert changes nothing. Afterwards mend the schedule, or the channels of the people in it.",
  },
  logs: "pager",
  raised:
    "When the last level of an incident's escalation has run out without an acknowledgement, or when there was nobody to " +
    "ask at any level. It goes to the team's channels and pages nobody by name.\n\n" +
    "It ends when somebody acknowledges, snoozes or resolves the incident, or when its alerts end.",
});
