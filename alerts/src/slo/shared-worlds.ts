import { ruleGroups, type SloAlertName, sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import type { Duration } from "../alert.ts";
import { renderYaml } from "../render/document.ts";
import { annotationsOf } from "./alert-text.ts";
import { renderSamples } from "./samples.ts";

/** A promise that exists in this test alone, with what it has counted so far. */
interface Promised {
  readonly slo: string;
  readonly urgency?: "page" | "ticket";
  readonly preset?: "strict" | "balanced";
  readonly idle?: "yes" | "no";
  readonly events: string;
  readonly errors: string;
}

/** What fires at a time: `tier share` of each; an empty text for an alert without tiers. */
interface Look {
  readonly at: Duration;
  readonly slo: string;
  readonly fires: readonly string[];
}

export interface World {
  readonly title: string;
  /** The one alert that is looked at. */
  readonly alert: SloAlertName;
  readonly promises: readonly Promised[];
  readonly looks: readonly Look[];
  /** The words that people read when the alert fires alone. */
  readonly says?: {
    readonly at: Duration;
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
    readonly description: string;
  };
}

/** 100 events a minute. After two hours half of them fail for three minutes; 4320 may fail in 30 days. */
const halfFails = { events: "0+100x140", errors: "0x120 50 100 150x18" };

/** Five requests an hour, of which two fail at these minutes. */
const rareWith = (first: number, second: number) => {
  const minutes = Array.from({ length: 620 }, (_, minute) => minute);
  return {
    events: renderSamples(minutes.map((minute) => Math.floor(minute / 12))),
    errors: renderSamples(minutes.map((minute) => (minute < first ? 0 : minute < second ? 1 : 2))),
  };
};

/** Looked at every minute. */
const worlds: readonly World[] = [
  {
    title: "half fails for 3 min: balanced pages after one, strict after two, both end within twelve",
    alert: sloAlerts.burnsFast,
    promises: [
      { slo: "Strict", preset: "strict", ...halfFails },
      { slo: "Balanced", preset: "balanced", ...halfFails },
      { slo: "Ticket", urgency: "ticket", ...halfFails },
    ],
    looks: [
      { at: "121m", slo: "Strict", fires: [] },
      { at: "121m", slo: "Balanced", fires: ["10m 1%"] },
      { at: "122m", slo: "Strict", fires: ["1h 2%", "30m 2%", "6h 5%"] },
      { at: "122m", slo: "Balanced", fires: ["10m 1%", "1h 2%", "30m 1.5%", "6h 5%"] },
      { at: "123m", slo: "Strict", fires: ["1h 2%", "2h 3%", "30m 2%", "6h 5%"] },
      { at: "123m", slo: "Ticket", fires: [] },
      { at: "135m", slo: "Strict", fires: [] },
      { at: "135m", slo: "Balanced", fires: [] },
    ],
    says: {
      at: "121m",
      labels: { severity: "page", tier: "10m", share: "1%", window: "30d", slo: "Balanced" },
      summary: "The error budget of a promise is spent fast.",
      description:
        "Balanced has spent 1.157% of its budget of 30 days within 10m. " +
        "98.84% of it is left, gone in 14h 14m 0s at this pace.",
    },
  },
  {
    title: "twice as many fail as may: a ticket comes when enough was spent",
    alert: sloAlerts.burnsSlowly,
    promises: [{ slo: "Strict", events: "0+10000x620", errors: "0+20x620" }],
    looks: [
      { at: "5h", slo: "Strict", fires: [] },
      { at: "7h", slo: "Strict", fires: ["1d 6%"] },
      { at: "10h", slo: "Strict", fires: ["1d 6%", "3d 10%"] },
    ],
    says: {
      at: "7h",
      labels: { severity: "ticket", tier: "1d", share: "6%", window: "30d", slo: "Strict" },
      summary: "The error budget of a promise is spent too fast to last.",
      description:
        "Strict has spent its budget of 30 days 2 times as fast as allowed over 1d. " +
        "98.06% of it is left, gone in 14d 17h 0m 0s at this pace.",
    },
  },
  {
    title: "twice as many fail as may: nobody is woken",
    alert: sloAlerts.burnsFast,
    promises: [{ slo: "Strict", events: "0+10000x190", errors: "0+20x190" }],
    looks: [{ at: "3h", slo: "Strict", fires: [] }],
  },
  {
    title: "five requests an hour: one error is chance, the second is not if it comes within an hour",
    alert: sloAlerts.burnsFast,
    promises: [
      { slo: "Rare", ...rareWith(600, 612) },
      { slo: "Apart", ...rareWith(540, 612) },
    ],
    looks: [
      { at: "605m", slo: "Rare", fires: [] },
      { at: "613m", slo: "Rare", fires: ["1h 2%", "30m 2%"] },
      { at: "613m", slo: "Apart", fires: [] },
    ],
  },
  {
    title: "what is never counted is told after an hour, unless a service may be idle",
    alert: sloAlerts.noEventsEver,
    promises: [
      { slo: "Dead", events: "0x70", errors: "0x70" },
      { slo: "Idle", idle: "yes", events: "0x70", errors: "0x70" },
    ],
    looks: [
      { at: "59m", slo: "Dead", fires: [] },
      { at: "61m", slo: "Dead", fires: [""] },
      { at: "61m", slo: "Idle", fires: [] },
    ],
  },
  {
    title: "more errors than events for a quarter of an hour",
    alert: sloAlerts.inconsistent,
    promises: [
      { slo: "Odd", urgency: "ticket", events: "0+1x30", errors: "0+2x30" },
      { slo: "Sound", urgency: "ticket", events: "0+1x30", errors: "0+1x30" },
    ],
    looks: [
      { at: "10m", slo: "Odd", fires: [] },
      { at: "20m", slo: "Odd", fires: [""] },
      { at: "20m", slo: "Sound", fires: [] },
    ],
  },
];

const DAYS_BUSY = "0+40x700";
/** Looked at every quarter of an hour, since it takes longer than a week. */
const longWorlds: readonly World[] = [
  {
    title: "an hour without a single event, where yesterday and last week were busy",
    alert: sloAlerts.trafficLost,
    promises: [
      { slo: "Silent", events: `${DAYS_BUSY} 28000x10`, errors: "0x710" },
      { slo: "Quiet", events: "0+20x700 14000x10", errors: "0x710" },
      { slo: "Busy", events: "0+40x710", errors: "0x710" },
      { slo: "Young", events: "_x500 0+40x200 8000x10", errors: "_x500 0x210" },
      { slo: "Ticket", urgency: "ticket", events: `${DAYS_BUSY} 28000x10`, errors: "0x710" },
    ],
    looks: [
      { at: "175h", slo: "Silent", fires: [] },
      { at: "10530m", slo: "Silent", fires: [""] },
      { at: "10530m", slo: "Quiet", fires: [] },
      { at: "10530m", slo: "Busy", fires: [] },
      { at: "10530m", slo: "Young", fires: [] },
      { at: "10530m", slo: "Ticket", fires: [] },
    ],
  },
];

const inputOf = ({ slo, urgency = "page", preset = "strict", idle = "no", events, errors }: Promised) => [
  { series: `${sloSeries.eventsCumulative}{slo="${slo}"}`, values: events },
  { series: `${sloSeries.errorsCumulative}{slo="${slo}"}`, values: errors },
  {
    series:
      `${sloSeries.budgetRatio}{slo="${slo}",service="app",owner="directory",` +
      `urgency="${urgency}",preset="${preset}",window="30d",idle="${idle}"}`,
    values: "0.001x720",
  },
];

const lookAt = (alert: string, { at, slo, fires }: Look) => ({
  expr: `count by (tier, share) (ALERTS{slo="${slo}",alertstate="firing",alertname="${alert}"})`,
  eval_time: at,
  exp_samples: fires.map((tierAndShare) => {
    const [tier, share] = tierAndShare.split(" ");
    return {
      labels: `{${[share && `share="${share}"`, tier && `tier="${tier}"`].filter(Boolean).join(",")}}`,
      value: 1,
    };
  }),
});

/** The annotations, filled in. */
const read = (alert: SloAlertName, { labels, summary, description }: NonNullable<World["says"]>) =>
  Object.fromEntries(
    Object.entries(annotationsOf(alert, summary, description)).map(([name, text]) => [
      name,
      text.replace("{{ $labels.slo }}", labels.slo ?? "").replace("{{ $labels.service }}", "app"),
    ]),
  );

/** The promtool test of worlds that are looked at at every `step`. @param source the file that tells of them */
export const renderWorlds = (
  step: Duration,
  told: readonly World[],
  source = "alerts/src/slo/shared-worlds.ts",
): string =>
  renderYaml(source, {
    rule_files: ["../../rules/generated/slo.yml"],
    evaluation_interval: step,
    group_eval_order: [ruleGroups.slo, ruleGroups.sloMinute, ruleGroups.sloHourly],
    tests: told.map(({ title, alert, promises, looks, says }) => ({
      name: `${alert}: ${title}`,
      interval: step,
      input_series: promises.flatMap(inputOf),
      promql_expr_test: looks.map((look) => lookAt(alert, look)),
      ...(says && {
        alert_rule_test: [
          {
            eval_time: says.at,
            alertname: alert,
            exp_alerts: [
              {
                exp_labels: { service: "app", owner: "directory", ...says.labels },
                exp_annotations: read(alert, says),
              },
            ],
          },
        ],
      }),
    })),
  });

/** Tests of the rules that promises share, fed with what promises would have counted: the files by their names. */
export const renderSharedTests = (): Readonly<Record<string, string>> => ({
  Promises: renderWorlds("1m", worlds),
  PromisesOverWeeks: renderWorlds("15m", longWorlds),
});
