import { pagerEmergencyPagesTotal } from "@watchkeeper/catalogue/metrics/pager";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { noWayBack } from "../wording.ts";

const pages = promql`sum(increase(${series(pagerEmergencyPagesTotal)}[15m]))`;
const sent = series(pagerEmergencyPagesTotal, { job: "pager", instance: "p", channel: "ntfy" });

export const pagerEmergency = defineAlert({
  name: "PagerEmergency",
  expr: promql`${pages} > 0`,
  for: "0s",
  severity: "ticket",
  service: "pager",
  owner: "platform",
  summary: "The pager paged without its database.",
  description:
    'The pager has sent {{ printf "%.0f" $value }} pages from its snapshot within a quarter of an hour.',
  runbook: {
    meaning:
      "The database of the pager was away while something paged, so that the pager told people out of the snapshot on its disk.",
    impact: "The pages arrived. Acknowledgements and escalations wait for the database.",
    firstQuery: promql`${pages}`,
    diagnosis: [
      "`curl` the pager's `/readyz`: it says whether the database is back.",
      "The incidents have their whole history once it is.",
    ],
    mitigation: ["Bring the database of the pager back."],
    rollback: noWayBack,
  },
  board: "on-call",
  panel: "on-call/emergency-pages",
  logs: "pager",
  inhibitedBy: { never: "people must learn that what paged them is in no list of incidents" },
  tests: {
    fires: [
      {
        title: "a page went out without it",
        input: [{ series: sent, values: "0x40 2x40" }],
        at: "12m",
        labels: {},
        description: "The pager has sent 2 pages from its snapshot within a quarter of an hour.",
      },
    ],
    quiet: [
      { title: "the database is there", input: [{ series: sent, values: "0x80" }], at: "12m" },
      { title: "it was an hour ago", input: [{ series: sent, values: "0 2x300" }], at: "60m" },
    ],
  },
});
