import { pagerDeliveriesPending, pagerInboxBacklog } from "@watchkeeper/catalogue/metrics/pager";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const pager = { job: "pager", instance: "g" } as const;
const pending = promql`sum by (job) (${series(pagerDeliveriesPending)})`;
const inbox = promql`sum by (job) (${series(pagerInboxBacklog)})`;

/**
 * A page would have to pass through what it complains of. An inbox that stands still holds up the canary too, and then
 * PageFallback tells of every page that fires.
 */
export const pagerBacklog = defineAlert({
  name: "PagerBacklog",
  expr: promql`${inbox} > 0 or ${pending} > 20`,
  for: "5m",
  severity: "ticket",
  service: "pager",
  owner: "platform",
  summary: "Messages pile up in the pager.",
  description: "{{ $value | humanize }} alerts or messages have waited in the pager for five minutes.",
  runbook: {
    meaning:
      "The pager has stored webhooks that it does not process, or holds more than twenty messages that it cannot deliver.",
    impact: "People hear of incidents late or not at all.",
    firstQuery: promql`sum by (channel) (${series(pagerDeliveriesPending)})`,
    diagnosis: [
      "One channel: its provider is away or refuses us; the others carry the message.",
      "All channels, or the inbox: the pager's worker is stuck, or its database is slow; read `.watchkeeper/logs/pager.log`.",
    ],
    mitigation: [
      "Restart the pager: `npm run stop -- pager`, then `npm start -- pager`. Nothing that it has stored is lost.",
    ],
    rollback: "If it began with a new version, check out the version before it and restart the service.",
  },
  board: "on-call",
  panel: "on-call/queue",
  logs: "pager",
  inhibitedBy: { never: "what it says of the pager, nothing else does" },
  tests: {
    fires: [
      {
        title: "webhooks are not processed",
        input: [{ series: series(pagerInboxBacklog, pager), values: "0x10 3x40" }],
        at: "10m",
        labels: { job: "pager" },
        description: "3 alerts or messages have waited in the pager for five minutes.",
      },
      {
        title: "a channel refuses for long",
        input: [
          { series: series(pagerDeliveriesPending, { ...pager, channel: "slack" }), values: "0x10 50x40" },
        ],
        at: "10m",
        labels: { job: "pager" },
        description: "50 alerts or messages have waited in the pager for five minutes.",
      },
    ],
    quiet: [
      {
        title: "a storm that is worked off",
        input: [
          { series: series(pagerInboxBacklog, pager), values: "0x10 30x4 0x40" },
          {
            series: series(pagerDeliveriesPending, { ...pager, channel: "email" }),
            values: "0x10 100x6 0x40",
          },
        ],
        at: "10m",
      },
      {
        title: "a few wait for their provider",
        input: [
          { series: series(pagerInboxBacklog, pager), values: "0x50" },
          { series: series(pagerDeliveriesPending, { ...pager, channel: "email" }), values: "3x50" },
        ],
        at: "10m",
      },
    ],
  },
});
