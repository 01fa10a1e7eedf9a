import { units } from "@watchkeeper/dashboards/unit";
import type { PanelJson } from "../board-json.ts";
import { drawsData, ofPanels, type Rule, seriesIn } from "../rule.ts";

const unitsOf = (panel: PanelJson): readonly unknown[] => [
  panel.fieldConfig?.defaults.unit,
  ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "unit").map(({ value }) => value),
  ),
];

/** Labels that a legend shows. */
const legendLabels = (legend: string): readonly string[] =>
  [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);

/** What a panel must say for people to read it. */
export const panelRules: readonly Rule[] = [
  {
    name: "words",
    because: "who opens a board at night did not write it",
    check: ofPanels((panel) => [
      ...(panel.title.trim() === "" ? ["it has no title"] : []),
      ...((panel.description ?? "").length < 20 ? ["it has no description"] : []),
    ]),
  },
  {
    name: "units",
    because: "a number without its unit is read wrongly",
    check: ofPanels((panel) =>
      drawsData(panel)
        ? unitsOf(panel)
            .filter((unit) => typeof unit !== "string" || !(unit in units))
            .map((unit) => `its unit is ${unit ?? "missing"}`)
        : [],
    ),
  },
  {
    name: "thresholds",
    because: "a number that stands alone must say whether it is good",
    check: ofPanels((panel) =>
      ["stat", "gauge", "bargauge"].includes(panel.type) &&
      (panel.fieldConfig?.defaults.thresholds?.steps ?? []).length === 0
        ? ["it has no thresholds"]
        : [],
    ),
  },
  {
    name: "targets",
    because: "a panel that asks nothing shows nothing",
    check: ofPanels((panel) =>
      drawsData(panel) && (panel.targets ?? []).length === 0 ? ["it asks nothing"] : [],
    ),
  },
  {
    name: "legends",
    because: "lines that cannot be told apart, or that are called {{nothing}}, tell nothing",
    check: ofPanels((panel, _, { known }) => [
      ...(panel.type === "timeseries" && panel.options?.legend?.showLegend !== true
        ? ["it has no legend"]
        : []),
      ...(panel.targets ?? []).flatMap(({ legendFormat = "", expr, refId }) => {
        const several = (panel.targets ?? []).length > 1 || panel.type === "timeseries";
        if (panel.type !== "table" && several && legendFormat === "") return [`query ${refId} has no legend`];
        const carried = seriesIn(expr, known).map((name) => known.get(name));
        return legendLabels(legendFormat)
          .filter((name) => name !== "le" && !carried.some((labels) => labels?.has(name)))
          .map((name) => `query ${refId}'s legend shows ${name}, which nothing in it carries`);
      }),
    ]),
  },
];
