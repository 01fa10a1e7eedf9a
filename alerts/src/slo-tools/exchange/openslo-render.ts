import type { Selector } from "@watchkeeper/catalogue/promql";
import type { Indicator, Slo } from "@watchkeeper/catalogue/slo";
import { stringify } from "yaml";
import { annotations, OPENSLO, STEP_BREAK } from "./openslo-terms.ts";
import { buildWindow } from "./openslo-window.ts";

/** Names in OpenSLO are those of DNS: `DirectoryLogin` becomes `directory-login`. */
const dnsName = (name: string): string =>
  name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const metric = (query: string) => ({ metricSource: { type: "Prometheus", spec: { query } } });

const sumOf = (selectors: readonly Selector[]) =>
  metric(selectors.map(({ text }) => `sum(${text})`).join(" + "));

/** A gauge is looked at; events are counted. */
const indicatorOf = (indicator: Indicator) => {
  if (indicator.kind === "samples") return { thresholdMetric: metric(indicator.gauge.text) };
  const part = indicator.kind === "bad" ? { bad: sumOf(indicator.bad) } : { good: sumOf(indicator.good) };
  return { ratioMetric: { counter: true, ...part, total: sumOf(indicator.total) } };
};

const buildOpenSlo = (slo: Slo) => ({
  apiVersion: OPENSLO,
  kind: "SLO",
  metadata: {
    name: dnsName(slo.name),
    displayName: slo.name,
    annotations: {
      [annotations.owner]: slo.owner,
      [annotations.urgency]: slo.urgency,
      [annotations.preset]: slo.preset,
      ...(slo.mayBeIdle !== undefined && { [annotations.mayBeIdle]: slo.mayBeIdle }),
      ...(slo.per && { [annotations.per]: `${slo.per.label} ${slo.per.atMost}` }),
      ...(slo.calendar && { [annotations.days]: String(slo.days) }),
      [annotations.board]: slo.board,
      [annotations.meaning]: slo.runbook.meaning,
      [annotations.impact]: slo.runbook.impact,
      [annotations.firstQuery]: slo.runbook.firstQuery.text,
      [annotations.diagnosis]: slo.runbook.diagnosis.join(STEP_BREAK),
      [annotations.mitigation]: slo.runbook.mitigation.join(STEP_BREAK),
      [annotations.rollback]: slo.runbook.rollback,
    },
  },
  spec: {
    description: slo.promise,
    service: slo.service,
    indicator: { metadata: { name: dnsName(slo.name) }, spec: indicatorOf(slo.indicator) },
    timeWindow: [buildWindow(slo)],
    budgetingMethod: "Occurrences",
    objectives: [
      {
        displayName: slo.name,
        ...(slo.indicator.kind === "samples" && { op: "gte", value: 1 }),
        target: slo.objective,
      },
    ],
  },
});

/** Promises as OpenSLO v1, one document each. What OpenSLO has no field for stands in annotations. */
export const renderOpenSlo = (slos: readonly Slo[]): string =>
  slos.map((slo) => stringify(buildOpenSlo(slo), { lineWidth: 0 })).join("---\n");
