import { labels } from "@watchkeeper/catalogue/labels";
import * as pager from "@watchkeeper/catalogue/metrics/pager";
import { durations, growth, level, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const JOB = "pager";
/** The channels that carried messages in the demo. */
const channels = ["slack", "email", "pagerduty", "webhook"] as const;

/** Messages a second: each alert is told on every channel when it begins. */
const told = ({ opened, seconds }: Moment): number => (seconds > 0 ? opened / seconds : 0);

const SEVERITIES = labels.severity.values;
const RESULTS = labels.delivery_result.values;
/** One attempt in five is refused at first, as providers limit us. */
const attempts: Readonly<Partial<Record<(typeof RESULTS)[number], number>>> = { sent: 1, retry: 0.2 };

/** What people said of the month's incidents. */
const JUDGED = [
  ["ServiceDown", "actionable", 2],
  ["SloBurnsFast", "actionable", 2],
  ["HighErrorRate", "actionable", 1],
  ["SloBurnsSlowly", "noise", 1],
] as const;

export const pagerShapes: readonly Shape[] = [
  growth(pager.pagerWebhooksTotal, JOB, { inbox_result: "accepted" }, (moment) => 1 / 60 + told(moment) * 2),
  ...(["unauthorized", "unreadable", "failed"] as const).map((inbox_result) =>
    growth(pager.pagerWebhooksTotal, JOB, { inbox_result }, () => 0),
  ),
  level(pager.pagerInboxBacklog, JOB, {}, () => 0),
  ...SEVERITIES.map((severity) =>
    level(
      pager.pagerIncidentsOpen,
      JOB,
      { severity },
      ({ firing }) => firing.filter((alert) => alert.severity === severity).length,
    ),
  ),
  ...channels.flatMap((channel) => [
    level(pager.pagerDeliveriesPending, JOB, { channel }, () => 0),
    ...RESULTS.map((delivery_result) =>
      growth(
        pager.pagerDeliveryAttemptsTotal,
        JOB,
        { channel, delivery_result },
        (moment) => told(moment) * (attempts[delivery_result] ?? 0),
      ),
    ),
    durations(pager.pagerDeliveryLatencySeconds, JOB, { channel }, { rate: told, half: 0.3, evenness: 4 }),
  ]),
  ...labels.priority.values.map((priority) =>
    growth(pager.pagerIncidentsOpenedTotal, JOB, { priority }, priority === "P1" ? told : () => 0),
  ),
  durations(pager.pagerAcknowledgeSeconds, JOB, { priority: "P1" }, { rate: told, half: 140 }),
  durations(pager.pagerResolveSeconds, JOB, { priority: "P1" }, { rate: told, half: 1_300 }),
  level(pager.pagerShiftPages, JOB, {}, ({ shiftPages }) => shiftPages),
  ...JUDGED.map(([alert, verdict, incidents]) =>
    level(pager.pagerAlertIncidents, JOB, { alert, verdict }, () => incidents),
  ),
  level(pager.pagerNoiseRatio, JOB, {}, () => 1 / 6),
  level(pager.pagerWatchdogLastSeenTimestampSeconds, JOB, {}, ({ at }) => at - (at % 60) - 3),
];
