import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import type { DataFrame, PanelProps } from "../src/grafana-data.d.ts";
import type { Options } from "../src/panel.tsx";

/** What Grafana does with a panel plugin, as far as a test needs it: loads its AMD module and shows its panel. */

/** The React that one Grafana brings. */
interface ReactPair {
  readonly version: string;
  readonly react: { createElement(type: unknown, props: object): unknown };
  readonly server: { renderToStaticMarkup(element: unknown): string };
}

function requireReact(from: string): ReactPair {
  const require = createRequire(new URL(from, import.meta.url));
  const react = require("react");
  return { version: react.version, react, server: require("react-dom/server") };
}

/** Grafana 13.2 has 19, those before have 18. */
export const reacts: readonly ReactPair[] = [
  requireReact("../package.json"),
  requireReact("../../../react-18/package.json"),
];

interface OptionInput {
  readonly path: string;
  readonly defaultValue: unknown;
}

export class PanelPlugin {
  readonly panel: unknown;
  readonly options: OptionInput[] = [];

  constructor(panel: unknown) {
    this.panel = panel;
  }

  setPanelOptions(build: (builder: { addNumberInput(input: OptionInput): unknown }) => unknown): this {
    const builder = {
      addNumberInput: (input: OptionInput) => {
        this.options.push(input);
        return builder;
      },
    };
    build(builder);
    return this;
  }
}

const grafanaData = {
  PanelPlugin,
  getFieldDisplayName: (field: { name: string }) => field.name,
  dateTimeFormat: (value: number) => new Date(value).toISOString().slice(0, 16).replace("T", " "),
};

export interface LoadedPlugin {
  readonly dependencies: readonly string[];
  readonly plugin: PanelPlugin;
}

/** Runs a plugin's `module.js` in a world that holds nothing but `define`. */
export function loadPlugin(code: string, react: unknown): LoadedPlugin {
  const given: Readonly<Record<string, unknown>> = { react, "@grafana/data": grafanaData };
  let loaded: LoadedPlugin | undefined;
  const define = (dependencies: readonly string[], factory: (...modules: unknown[]) => unknown) => {
    const exports: { plugin?: PanelPlugin } = {};
    const modules = dependencies.map((name) => {
      if (name === "exports") return exports;
      if (!(name in given)) throw new Error(`Cannot load ${name} as Grafana does not offer it`);
      return given[name];
    });
    const returned = factory(...modules) as typeof exports | undefined;
    const { plugin } = returned ?? exports;
    if (!plugin) throw new Error("Cannot load the module as it exports no plugin");
    loaded = { dependencies: [...dependencies], plugin };
  };
  runInNewContext(code, { define });
  if (!loaded) throw new Error("Cannot load the module as it does not call define");
  return loaded;
}

/** A frame as Grafana makes it of one series of Prometheus. @param values from the oldest on, one an hour */
export function frameOf(
  slo: string | undefined,
  nowMs: number,
  values: readonly (number | null)[],
): DataFrame {
  const times = values.map((_, i) => nowMs - (values.length - 1 - i) * 3_600_000);
  return {
    refId: "A",
    fields: [
      { name: "Time", type: "time", values: times },
      { name: "Value", type: "number", values, ...(slo !== undefined && { labels: { slo } }) },
    ],
  };
}

export const panelProps = (
  series: readonly DataFrame[],
  nowMs: number,
  more: Partial<PanelProps<Options>> = {},
): PanelProps<Options> => ({
  data: { state: "Done", series },
  options: { lookbackHours: 24, horizonDays: 30 },
  timeRange: { from: new Date(nowMs - 48 * 3_600_000), to: new Date(nowMs) },
  timeZone: "utc",
  width: 600,
  height: 400,
  ...more,
});
