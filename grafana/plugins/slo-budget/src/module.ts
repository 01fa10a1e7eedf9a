import { PanelPlugin } from "@grafana/data";
import { BudgetPanel, DEFAULTS, type Options } from "./panel.tsx";

/** What Grafana looks for in a plugin's `module.js`. */
export const plugin = new PanelPlugin<Options>(BudgetPanel).setPanelOptions((builder) =>
  builder
    .addNumberInput({
      path: "lookbackHours",
      name: "Look back",
      description: "Hours of the past that say how fast a budget goes",
      defaultValue: DEFAULTS.lookbackHours,
      settings: { min: 1, max: 720 },
    })
    .addNumberInput({
      path: "horizonDays",
      name: "Look ahead",
      description: "Days ahead that are worth a projection",
      defaultValue: DEFAULTS.horizonDays,
      settings: { min: 1, max: 90 },
    }),
);
