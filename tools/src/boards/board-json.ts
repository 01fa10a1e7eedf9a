import { DIRECTORY_DATA_SOURCE } from "@watchkeeper/catalogue/top-lists";

/** The part of Grafana's classic JSON that the rules look at. */
export interface BoardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly refresh?: string;
  readonly links: readonly LinkJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list: readonly AnnotationJson[] };
  readonly panels: readonly PanelJson[];
}

export interface LinkJson {
  readonly title: string;
  readonly url: string;
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly query?: string | { readonly query: string };
  readonly datasource?: DataSourceJson;
}

export interface AnnotationJson {
  readonly name: string;
  readonly builtIn?: number;
  readonly expr?: string;
  readonly datasource?: DataSourceJson;
}

export interface DataSourceJson {
  readonly type?: string;
  readonly uid?: string;
}

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly datasource?: DataSourceJson;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: DataSourceJson;
  readonly links?: readonly LinkJson[];
  readonly targets?: readonly TargetJson[];
  readonly options?: { readonly legend?: { readonly showLegend?: boolean } };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

/** Panels that ask Prometheus: without the headers of rows, and without the lists that a database keeps. */
export const dataPanels = (board: BoardJson): readonly PanelJson[] =>
  board.panels.filter(
    ({ type, datasource }) => type !== "row" && datasource?.type !== DIRECTORY_DATA_SOURCE.type,
  );

/** Stands for `$__rate_interval`, so that it can be told from every range that somebody wrote. */
export const RATE_WINDOW = "5m1s";

/** What Grafana's own variables may come to. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: RATE_WINDOW,
  __interval: "1m",
  __range: "1h",
};

const VARIABLE = /\$\{?(\w+)\}?/g;

/** Names of the variables that a text uses, Grafana's own left out. */
export const variablesIn = (text: string): readonly string[] =>
  [...text.matchAll(VARIABLE)].map(([, name = ""]) => name).filter((name) => !(name in BUILT_IN));

/** The text as Prometheus gets it, were every variable's value `value`. */
export const withVariables = (text: string, values: Readonly<Record<string, string>> = {}): string =>
  text.replace(VARIABLE, (_, name: string) => values[name] ?? BUILT_IN[name] ?? "value");
