import { pagerShiftPages } from "@watchkeeper/catalogue/metrics/pager";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { noWayBack } from "../wording.ts";

const pages = promql`max(${series(pagerShiftPages)})`;
const counted = series(pagerShiftPages, { job: "pager", instance: "p" });

export const pagerTiresPeople = defineAlert({
  name: "PagerTiresPeople",
  expr: promql`${pages} > 5`,
  for: "15m",
  severity: "ticket",
  service: "pager",
  owner: "platform",
  summary: "Whoever is on call is paged more often than anybody can follow up.",
  description: "{{ $value }} incidents have paged within twelve hours (more than 5).",
  runbook: {
    meaning:
      "More than five incidents have paged within a shift. Two are what a person can look into, write up and mend.",
    impact: "People grow tired and no longer read what pages; the next one that matters is overlooked.",
    firstQuery: promql`${pages}`,
    diagnosis: [
      "`npm run slo -- backtest` says which promises page and how much of their budget each page stood for.",
      "The board on-call has the noisiest alerts.",
    ],
    mitigation: ["Hand the shift over. Afterwards change or remove what paged without a reason."],
    rollback: noWayBack,
  },
  board: "on-call",
  panel: "on-call/shift-pages",
  logs: "pager",
  inhibitedBy: { never: "it is about people, whatever woke them" },
  tests: {
    fires: [
      {
        title: "a bad night",
        input: [{ series: counted, values: "8x80" }],
        at: "18m",
        labels: {},
        description: "8 incidents have paged within twelve hours (more than 5).",
      },
    ],
    quiet: [{ title: "a normal shift", input: [{ series: counted, values: "2x80" }], at: "18m" }],
  },
});
