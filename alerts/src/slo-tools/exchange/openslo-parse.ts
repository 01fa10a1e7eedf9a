import { type LabelName, labels } from "@watchkeeper/catalogue/labels";
import type { Runbook } from "@watchkeeper/catalogue/runbook";
import { type Grouping, type Indicator, presets, type Slo } from "@watchkeeper/catalogue/slo";
import type { Field } from "./field.ts";
import { annotations, OPENSLO, STEP_BREAK } from "./openslo-terms.ts";
import { parseWindow } from "./openslo-window.ts";
import {
  checked,
  ordinaryRunbook,
  parseBad,
  parseName,
  parseObjective,
  parseOwner,
  parsePromise,
  parseService,
  selectAll,
  writtenExpr,
} from "./promise.ts";
import { parseQuery } from "./query.ts";
import { select } from "./select.ts";

/** A query with its source. That it is Prometheus' is all that has to be known of the source. */
function queryOf(field: Field): Field {
  const source = field.only("metricSource").at("metricSource").only("type", "metricSourceRef", "spec");
  if (!source.at("type").missing) source.at("type").oneOf(["Prometheus", "prometheus"]);
  return source.at("spec").only("query").at("query");
}

/** A counter that is not marked as one is a gauge of events a second: it must say so itself, by a rate. */
function checkGrowth(ratio: Field, queries: readonly Field[]): void {
  const counter = ratio.at("counter").flag();
  for (const query of queries) {
    if (!counter && !parseQuery(query).grows) ratio.at("counter").refuse("true where a query takes no rate");
  }
}

function parseRatio(ratio: Field): Indicator {
  ratio.only("counter", "good", "bad", "total");
  const total = queryOf(ratio.at("total"));
  const [good, bad] = [ratio.at("good"), ratio.at("bad")];
  if (good.missing === bad.missing) ratio.refuse("total with one of good and bad");
  const part = queryOf(good.missing ? bad : good);
  checkGrowth(ratio, [total, part]);
  if (good.missing) return parseBad(part, selectAll(total));
  return { kind: "good", total: selectAll(total), good: selectAll(part) };
}

/** Each look at a gauge is an event, and keeps the promise where the gauge is 1. */
function parseThreshold(threshold: Field, objective: Field): Indicator {
  objective.at("op").oneOf(["gte"]);
  if (objective.at("value").number() !== 1) objective.at("value").refuse("1, as gauges are 1 or 0");
  const query = queryOf(threshold);
  const { plus, minus, grows } = parseQuery(query);
  const [gauge] = plus;
  if (!gauge || plus.length > 1 || minus.length > 0 || grows || /^\s*sum\b/.test(query.text())) {
    return query.refuse("one gauge that is 1 or 0");
  }
  return { kind: "samples", gauge: select(gauge, "gauge", query) };
}

function parseIndicator(sli: Field, objective: Field): Indicator {
  sli.only("description", "ratioMetric", "thresholdMetric");
  const [ratio, threshold] = [sli.at("ratioMetric"), sli.at("thresholdMetric")];
  if (ratio.missing === threshold.missing) sli.refuse("either ratioMetric or thresholdMetric");
  if (ratio.missing) return parseThreshold(threshold, objective);
  for (const name of ["op", "value"]) {
    if (!objective.at(name).missing) objective.at(name).refuse("left out where events are counted");
  }
  return parseRatio(ratio);
}

/** The mapping that describes an indicator: written in place, or elsewhere in the file under a name. */
function indicatorOf(spec: Field, indicators: ReadonlyMap<string, Field>): Field {
  const [inline, reference] = [spec.at("indicator"), spec.at("indicatorRef")];
  if (inline.missing === reference.missing) spec.refuse("an SLO with either indicator or indicatorRef");
  if (reference.missing) {
    if (!inline.only("metadata", "spec").at("metadata").missing) {
      inline.at("metadata").only("name", "displayName");
    }
    return inline.at("spec");
  }
  const found = indicators.get(reference.text());
  return (
    found ??
    reference.refuse(`the name of an SLI in this file: ${[...indicators.keys()].join(", ") || "it has none"}`)
  );
}

function parseRunbook(notes: Field, promise: string, indicator: Indicator): Runbook {
  const ordinary = ordinaryRunbook(promise, indicator);
  const text = (name: "meaning" | "impact" | "rollback"): string =>
    notes.at(annotations[name]).missing ? ordinary[name] : notes.at(annotations[name]).text();
  const steps = (name: "diagnosis" | "mitigation"): Runbook["diagnosis"] => {
    const field = notes.at(annotations[name]);
    if (field.missing) return ordinary[name];
    const lines = field
      .text()
      .split(STEP_BREAK)
      .map((line) => line.trim());
    return lines.filter((line) => line !== "") as unknown as Runbook["diagnosis"];
  };
  const query = notes.at(annotations.firstQuery);
  return {
    meaning: text("meaning"),
    impact: text("impact"),
    firstQuery: query.missing ? ordinary.firstQuery : writtenExpr(query),
    diagnosis: steps("diagnosis"),
    mitigation: steps("mitigation"),
    rollback: text("rollback"),
  };
}

/** To whom a promise is made, as `tenant 20`. */
function parseGrouping(field: Field): Grouping {
  const [label = "", atMost, ...others] = field.text().split(" ");
  if (!(label in labels) || others.length > 0 || !/^\d+$/.test(atMost ?? "")) {
    return field.refuse("a label of the catalogue and how many of its values, such as tenant 20");
  }
  return { label: label as LabelName, atMost: Number(atMost) };
}

function parseSlo(document: Field, indicators: ReadonlyMap<string, Field>): Slo {
  document.only("apiVersion", "kind", "metadata", "spec");
  const metadata = document.at("metadata").only("name", "displayName", "annotations");
  const notes = metadata.at("annotations");
  if (!notes.missing) notes.only(...Object.values(annotations));
  const spec = document
    .at("spec")
    .only(
      "description",
      "service",
      "indicator",
      "indicatorRef",
      "timeWindow",
      "budgetingMethod",
      "objectives",
    );
  const [objective, ...others] = spec.at("objectives").list();
  if (!objective || others.length > 0) return spec.at("objectives").refuse("a list of one objective");
  objective.only("displayName", "target", "targetPercent", "op", "value");
  const [target, inPercent] = [objective.at("target"), objective.at("targetPercent")];
  if (target.missing === inPercent.missing)
    objective.refuse("an objective with either target or targetPercent");
  const share = target.missing ? parseObjective(inPercent, 100) : parseObjective(target, 1);
  spec.at("budgetingMethod").oneOf(["Occurrences"]);
  const name = parseName(metadata.at("name"));
  const service = parseService(spec.at("service"));
  const indicator = parseIndicator(indicatorOf(spec, indicators), objective);
  const promise = parsePromise(spec.at("description"), name, share);
  const note = (key: keyof typeof annotations): Field => notes.at(annotations[key]);
  return checked(
    {
      name,
      promise,
      service,
      owner: parseOwner(note("owner"), service),
      indicator,
      objective: share,
      ...parseWindow(spec.at("timeWindow"), note("days")),
      urgency: note("urgency").missing ? "page" : note("urgency").oneOf(["page", "ticket"]),
      preset: note("preset").missing ? "strict" : note("preset").oneOf(presets),
      ...(!note("mayBeIdle").missing && { mayBeIdle: note("mayBeIdle").text() }),
      ...(!note("per").missing && { per: parseGrouping(note("per")) }),
      board: note("board").missing ? "overview" : note("board").text(),
      runbook: parseRunbook(notes, promise, indicator),
    },
    document.at("metadata"),
  );
}

/** Reads the documents of one OpenSLO file. @throws Error that names the file, the field and what was found */
export function parseOpenSlo(documents: readonly Field[]): readonly Slo[] {
  const indicators = new Map<string, Field>();
  for (const document of documents) {
    document.at("apiVersion").oneOf([OPENSLO]);
    if (document.at("kind").oneOf(["SLO", "SLI", "Service"]) !== "SLI") continue;
    const name = document.only("apiVersion", "kind", "metadata", "spec").at("metadata").at("name");
    if (indicators.has(name.text())) name.refuse("a name that no other SLI of the file bears");
    indicators.set(name.text(), document.at("spec"));
  }
  for (const document of documents) {
    // What a service is called and who owns it, the catalogue says; here it must only be one that there is.
    if (document.at("kind").value === "Service") parseService(document.at("metadata").at("name"));
  }
  return documents
    .filter((document) => document.at("kind").value === "SLO")
    .map((document) => parseSlo(document, indicators));
}
