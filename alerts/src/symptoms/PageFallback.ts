import { alerts } from "@watchkeeper/catalogue/external";
import { pagerCanaryLastSuccessTimestampSeconds, pagerReady } from "@watchkeeper/catalogue/metrics/pager";
import { not, promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const NAME = "PageFallback";

/** A canary comes every minute; Alertmanager looks at its group once a minute, so one may take two. */
const CANARY_STALE_SECONDS = 180;

const ready = promql`((count(${series(pagerReady)} == 1) or vector(0)) == bool 0)`;
const stale = promql`((time() - max(${series(pagerCanaryLastSuccessTimestampSeconds)})) > bool ${CANARY_STALE_SECONDS})`;
const unhealthy = promql`clamp_max(${ready} + (${stale} or vector(0)), 1)`;
const pages = promql`max without (alertstate) (${series(alerts, { alertstate: "firing", severity: "page", alertname: not(NAME) })})`;
const named = promql`label_replace(${pages}, "orig_alertname", "$1", "alertname", "(.+)")`;
const kept = promql`label_replace(${named}, "orig_service", "$1", "service", "(.+)")`;

const replica = (instance: "a" | "b", values: string) => ({
  series:
    instance === "a"
      ? promql`${series(pagerReady)}{instance="a"}`
      : promql`${series(pagerReady)}{instance="b"}`,
  values,
});
const canary = (values: string) => ({ series: series(pagerCanaryLastSuccessTimestampSeconds), values });
/** Seconds since the beginning, as a canary every 15 s would say. */
const fresh = canary("0+15x60");
/** Without any target of the directory ServiceDown fires, which is the page of these worlds. */
const labels = { orig_alertname: "ServiceDown", orig_service: "app", job: "app" };
const description = "ServiceDown of app fires and the pager does not deliver.";

/**
 * Silent as long as the pager works. When it does not, every page goes the one way that needs nothing of ours:
 * Alertmanager itself tells people.
 */
export const pageFallback = defineAlert({
  name: NAME,
  expr: promql`${kept} and on () (${unhealthy} == 1)`,
  for: "30s",
  severity: "page",
  service: "pager",
  owner: "platform",
  summary: "An alert pages and the pager does not deliver it.",
  description:
    "{{ $labels.orig_alertname }} of {{ $labels.orig_service }} fires and the pager does not deliver.",
  runbook: {
    meaning:
      "No replica of the pager is ready, or no canary has come through it for three minutes, while an alert that pages " +
      "fires. `orig_alertname` names that alert. Alertmanager sent this by itself, past the pager.",
    impact:
      "Nobody hears of pages except by this message. Escalations, acknowledgements and snoozes stand still.",
    firstQuery: unhealthy,
    diagnosis: [
      "`npm run status`: does the pager run, and its PostgreSQL?",
      "Both run: `.watchkeeper/logs/pager.log` says what fails.",
      "The pager is ready and the canary is old: the way from Prometheus through Alertmanager to the pager is broken; " +
        "follow the runbook of Watchdog.",
    ],
    mitigation: [
      "First look after the alert that this one names: its own runbook is in the console.",
      "Then start what is stopped: `npm start -- pager-postgres`, `npm start -- pager`. What Alertmanager kept for the " +
        "pager arrives by itself.",
    ],
    rollback:
      "If it began with a new version of the pager, check out the one before it and start the pager again.",
  },
  board: "on-call",
  panel: "on-call/ready",
  logs: "pager",
  inhibitedBy: { never: "it is the last way of a page, and nothing may silence it" },
  tests: {
    fires: [
      {
        title: "all replicas are down",
        input: [replica("a", "1x10 0x50"), replica("b", "1x10 0x50"), fresh],
        at: "5m",
        labels,
        description,
      },
      {
        title: "the pager is not scraped at all",
        input: [],
        at: "5m",
        labels,
        description,
      },
      {
        title: "no canary comes through",
        input: [replica("a", "1x60"), canary("0+15x4 60x60")],
        at: "6m",
        labels,
        description,
      },
    ],
    quiet: [
      {
        title: "everything works",
        input: [replica("a", "1x60"), fresh],
        at: "5m",
      },
      {
        title: "one replica of two is down",
        input: [replica("a", "1x60"), replica("b", "0x60"), fresh],
        at: "5m",
      },
      {
        title: "the pager came back",
        input: [replica("a", "0x10 1x50"), fresh],
        at: "6m",
      },
    ],
    ends: {
      title: "all replicas are down, and then one is back",
      input: [replica("a", "1x10 0x50 1x40"), replica("b", "1x10 0x90"), canary("0+15x110")],
      at: "20m",
    },
  },
});
