import { labels } from "@watchkeeper/catalogue/labels";
import * as pager from "@watchkeeper/catalogue/metrics/pager";
import { durations, growth, level, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const JOB = "pager";
const channels = labels.channel.values;

/** Messages a second: each alert is told on every channel when it begins. */
const told = ({ opened, seconds }: Moment): number => (seconds > 0 ? opened / seconds : 0);

const SEVERITIES = labels.severity.values;
const RESULTS = labels.delivery_result.values;
/** One attempt in five is refused at first, as providers limit us. */
const attempts: Readonly<Partial<Record<(typeof RESULTS)[number], number>>> = { sent: 1, retry: 0.2 };

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
  level(pager.pagerWatchdogLastSeenTimestampSeconds, JOB, {}, ({ at }) => at - (at % 60) - 3),
];
