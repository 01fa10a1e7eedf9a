import { labels } from "@watchkeeper/catalogue/labels";
import * as business from "@watchkeeper/catalogue/metrics/business";
import * as collector from "@watchkeeper/catalogue/metrics/collector";
import { durations, growth, level, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

const JOB = "collector";

/** How often people do each thing in an hour, for each request a second. */
const EVENTS = {
  login: 60,
  search: 1_600,
  empty_search: 50,
  profile_view: 1_400,
  profile_update: 180,
} as const;

const PEOPLE = { day: 1_050, week: 1_700, month: 2_150 } as const;
const USERS = { search: 2_120, profile_view: 2_110, profile_update: 1_370 } as const;
const PHASES = { first_byte: 0.05, first_paint: 0.4, largest_paint: 0.9, loaded: 1.2 } as const;

/** A line for each entry of a table. */
const each = <Key extends string>(
  table: Readonly<Record<Key, number>>,
  shape: (key: Key, value: number) => Shape,
): readonly Shape[] => (Object.keys(table) as Key[]).map((key) => shape(key, table[key]));

const near =
  (value: number, name: string) =>
  ({ wobble }: Moment) =>
    Math.round(value * (1 + 0.03 * wobble(name)));

/** What the collector and the app say of how people use the directory, and of the collector's own work. */
export const businessShapes: readonly Shape[] = [
  ...each(EVENTS, (business_event, amount) =>
    level(business.businessEventsLastHour, JOB, { business_event }, ({ requests }) =>
      Math.round(requests * amount),
    ),
  ),
  ...each(PEOPLE, (activity_window, people) =>
    level(business.businessActiveUsers, JOB, { activity_window }, near(people, activity_window)),
  ),
  ...each(USERS, (feature, people) => level(business.businessFeatureUsers, JOB, { feature }, () => people)),
  level(business.businessNpsScore, JOB, {}, () => 36),
  level(business.businessNpsResponses, JOB, {}, () => 106),
  level(business.businessTicketsOpen, JOB, {}, near(4, "tickets")),
  level(business.businessTicketsOpened, JOB, {}, near(24, "tickets")),
  level(business.businessTicketResolutionMedianSeconds, JOB, {}, () => 23_000),
  level(business.businessDemoData, JOB, {}, () => 1),
  ...each(PHASES, (page_phase, half) =>
    durations(
      business.pageLoadDurationSeconds,
      "app",
      { page_phase },
      { rate: ({ requests }) => requests * 0.02, half },
    ),
  ),
  growth(business.usageEventsTotal, "app", { usage_outcome: "stored" }, ({ requests }) => requests * 0.9),
  growth(business.usageEventsTotal, "app", { usage_outcome: "dropped" }, () => 0),
  level(business.usageEventsWaiting, "app", {}, ({ requests }) => Math.round(requests)),
  level(collector.usageLagSeconds, JOB, {}, () => 0),
  ...labels.job_name.values.flatMap((job_name) => [
    level(collector.jobLastDurationSeconds, JOB, { job_name }, () => 0.05),
    level(collector.jobLastSuccessTimestampSeconds, JOB, { job_name }, ({ at }) => at - 20),
    level(collector.jobNextRunTimestampSeconds, JOB, { job_name }, ({ at }) => at + 40),
    ...labels.job_result.values.map((job_result) =>
      growth(collector.jobRunsTotal, JOB, { job_name, job_result }, () =>
        job_result === "success" ? 1 / 60 : 0,
      ),
    ),
  ]),
  ...labels.import_name.values.flatMap((import_name) =>
    labels.import_result.values.map((import_result) =>
      growth(collector.importedRowsTotal, JOB, { import_name, import_result }, () => 0),
    ),
  ),
  ...labels.report_kind.values.flatMap((report_kind) =>
    labels.report_result.values.map((report_result) =>
      growth(collector.reportDeliveriesTotal, JOB, { report_kind, report_result }, () => 0),
    ),
  ),
];
