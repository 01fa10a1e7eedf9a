import { readFileSync } from "node:fs";

const { version, description } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { readonly version: string; readonly description: string };

/** The plugin's id in Grafana: the name of its folder there and the type of its panels. */
export const PLUGIN_ID = "watchkeeper-slobudget-panel";

/** The day of the version in package.json; whoever changes one changes the other. */
const UPDATED = "2026-11-20";

/** The sentence with which every generated file of the repository says where it comes from. */
export const NOTICE = "Generated from grafana/plugins/slo-budget/src by `npm run gen`. Do not edit.";

/** What Grafana reads before it loads `module.js`: https://grafana.com/developers/plugin-tools/reference/plugin-json */
export const manifest = {
  type: "panel",
  name: "SLO error budget",
  id: PLUGIN_ID,
  info: {
    description: `${description}. ${NOTICE}`,
    author: { name: "Watchkeeper" },
    keywords: ["slo", "error budget", "burn-down"],
    logos: { small: "logo.svg", large: "logo.svg" },
    links: [],
    screenshots: [],
    version,
    updated: UPDATED,
  },
  dependencies: { grafanaDependency: ">=10.4.0", plugins: [] },
} as const;
