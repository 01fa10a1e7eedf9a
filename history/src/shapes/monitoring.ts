import { probeSuccess, up } from "@watchkeeper/catalogue/external";
import * as prometheus from "@watchkeeper/catalogue/foreign/prometheus";
import { ruleGroups } from "@watchkeeper/catalogue/names";
import { services } from "@watchkeeper/catalogue/services";
import type { Place } from "../place.ts";
import { foreignGrowth, foreignLevel, type Job, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

/** Samples that a scrape of each job brings, and how long it takes, in seconds. */
const SCRAPES: Readonly<Partial<Record<Job, readonly [samples: number, seconds: number]>>> = {
  app: [350, 0.004],
  pager: [376, 0.004],
  console: [200, 0.003],
  prometheus: [700, 0.012],
  "node-exporter": [507, 0.016],
  "postgres-exporter": [558, 0.014],
  "redis-exporter": [404, 0.009],
  probe: [17, 0.006],
};

const jobs: readonly Job[] = [
  ...Object.entries(services).flatMap(([name, service]) => ("scrapePort" in service ? [name as Job] : [])),
  "probe",
];

const scrapes: readonly Shape[] = jobs.flatMap((job): readonly Shape[] => {
  const [samples, seconds] = SCRAPES[job] ?? [60, 0.003];
  const target = job === "probe" ? { target: "app" } : {};
  const reached = ({ isUp }: Moment): boolean => isUp || job !== "app";
  return [
    foreignLevel(up, job, target, (moment) => (reached(moment) ? 1 : 0)),
    foreignLevel(prometheus.scrapeSamplesScraped, job, target, (moment) => (reached(moment) ? samples : 0)),
    foreignLevel(
      prometheus.scrapeDurationSeconds,
      job,
      target,
      ({ wobble }) => seconds * (1 + 0.3 * wobble(`scrape ${job}`, 300)),
    ),
  ];
});

const JOB = "prometheus";
const GROUPS = [
  ["recording.yml", ruleGroups.recording, 15, 0.001],
  ["symptoms.yml", ruleGroups.symptoms, 15, 0.008],
  ["slo.yml", ruleGroups.slo, 15, 0.06],
  ["slo.yml", ruleGroups.sloMinute, 60, 0.01],
  ["slo.yml", ruleGroups.sloHourly, 3_600, 0.001],
] as const;

/** What Prometheus and Alertmanager said of themselves, and what was seen from outside. */
export function monitoringShapes({ rulesFolder }: Place): readonly Shape[] {
  const groups = GROUPS.flatMap(([file, group, interval, seconds]): readonly Shape[] => {
    const rule_group = `${rulesFolder}/${file};${group}`;
    return [
      foreignLevel(
        prometheus.prometheusRuleGroupLastDurationSeconds,
        JOB,
        { rule_group },
        ({ wobble }) => seconds * (1 + 0.3 * wobble(rule_group, 600)),
      ),
      foreignLevel(prometheus.prometheusRuleGroupIntervalSeconds, JOB, { rule_group }, () => interval),
      foreignGrowth(prometheus.prometheusRuleGroupIterationsMissedTotal, JOB, { rule_group }, () => 0),
      foreignGrowth(prometheus.prometheusRuleEvaluationFailuresTotal, JOB, { rule_group }, () => 0),
    ];
  });
  const alertmanager = { alertmanager: "alertmanager" };
  const webhook = { integration: "webhook" };
  return [
    ...scrapes,
    ...groups,
    foreignLevel(probeSuccess, "probe", { target: "app" }, ({ isUp }) => (isUp ? 1 : 0)),
    foreignLevel(prometheus.prometheusTsdbHeadSeries, JOB, {}, ({ wobble }) =>
      Math.round(3_700 + 60 * wobble("head")),
    ),
    foreignGrowth(prometheus.prometheusTsdbHeadSamplesAppendedTotal, JOB, { type: "float" }, () => 245),
    foreignGrowth(
      prometheus.prometheusNotificationsSentTotal,
      JOB,
      alertmanager,
      ({ firing }) => (1 + firing.length) / 60,
    ),
    foreignGrowth(prometheus.prometheusNotificationsErrorsTotal, JOB, alertmanager, () => 0),
    foreignGrowth(prometheus.prometheusNotificationsDroppedTotal, JOB, {}, () => 0),
    foreignLevel(prometheus.prometheusConfigLastReloadSuccessful, JOB, {}, () => 1),
    foreignGrowth(
      prometheus.alertmanagerNotificationsTotal,
      "alertmanager",
      webhook,
      ({ opened, seconds }) => 1 / 60 + (seconds > 0 ? (2 * opened) / seconds : 0),
    ),
    foreignGrowth(prometheus.alertmanagerNotificationsFailedTotal, "alertmanager", webhook, () => 0),
  ];
}
