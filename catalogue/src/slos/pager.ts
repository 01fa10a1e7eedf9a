import { pagerDeliveryAttemptsTotal, pagerDeliveryLatencySeconds } from "../metrics/pager.ts";
import { match, promql, series } from "../promql.ts";
import { badOf, defineSlo, within } from "../slo.ts";

const pager = { job: "pager" } as const;
const ours = { service: "pager", owner: "platform", days: 30, board: "on-call" } as const;

/** Nobody is paged while nothing is wrong. */
const mayBeIdle = "the pager has nothing to deliver while nothing is wrong";

const firstQuery = promql`
  sum by (channel, delivery_result) (increase(${series(pagerDeliveryAttemptsTotal, pager)}[1h]))`;

const mitigation = [
  "A provider is away: nothing to do here, the pager tries again and the other channels carry the message.",
  "A token has expired or was revoked: set the new one and restart the pager, `npm run stop -- pager`, " +
    "then `npm start -- pager`. Messages that wait are sent then.",
] as const;

const rollback =
  "If it began with a new version of the pager, check out the version before it and restart the pager.";

export const pagerDelivery = defineSlo({
  ...ours,
  name: "PagerDelivery",
  promise: "Of a thousand messages that the pager owes somebody, 999 reach their channel in the end.",
  indicator: badOf(
    [series(pagerDeliveryAttemptsTotal, { ...pager, delivery_result: "dead" })],
    [series(pagerDeliveryAttemptsTotal, { ...pager, delivery_result: match("sent|dead") })],
  ),
  objective: 0.999,
  urgency: "page",
  preset: "strict",
  mayBeIdle,
  runbook: {
    meaning: "The pager has given up on messages: their provider refused them for good, or for too long.",
    impact: "Somebody who should have heard of an incident has not, at least not on this channel.",
    firstQuery,
    diagnosis: [
      "The first query names the channel.",
      "`.watchkeeper/logs/pager.log` says what the provider answered.",
      "The console's incidents show which message was not delivered, and to whom.",
    ],
    mitigation,
    rollback,
  },
});

export const pagerPromptness = defineSlo({
  ...ours,
  name: "PagerPromptness",
  promise: "Of a hundred messages of the pager, 99 are accepted by their provider within 20 seconds.",
  indicator: within(pagerDeliveryLatencySeconds, 20, pager),
  objective: 0.99,
  urgency: "ticket",
  preset: "strict",
  mayBeIdle,
  runbook: {
    meaning: "Messages reach their providers later than 20 s after the alert came in.",
    impact: "People hear of incidents late.",
    firstQuery,
    diagnosis: [
      "Many attempts end in `retry`: the provider limits or refuses us; its answer is in the pager's log.",
      "Few attempts at all: the pager's own database is slow or the pager was stopped.",
    ],
    mitigation,
    rollback,
  },
});
