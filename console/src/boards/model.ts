/**
 * The part of Grafana's classic dashboard JSON (schemaVersion 42) that the console draws. What lies beyond it is
 * listed nowhere here: `findUnsupported` tells a panel that uses it from one that does not.
 */

export interface Threshold {
  readonly value: number | null;
  readonly color: string;
}

export interface MappingResult {
  readonly text?: string;
  readonly color?: string;
}

export type Mapping =
  | { readonly type: "value"; readonly options: Readonly<Record<string, MappingResult>> }
  | {
      readonly type: "range";
      readonly options: {
        readonly from: number | null;
        readonly to: number | null;
        readonly result: MappingResult;
      };
    }
  | { readonly type: "regex"; readonly options: { readonly pattern: string; readonly result: MappingResult } }
  | {
      readonly type: "special";
      readonly options: {
        readonly match: "null" | "nan" | "null+nan" | "true" | "false" | "empty";
        readonly result: MappingResult;
      };
    };

export interface Link {
  readonly title?: string;
  readonly url?: string;
  readonly targetBlank?: boolean;
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly includeVars?: boolean;
  readonly keepTime?: boolean;
  readonly tooltip?: string;
}

export interface FieldConfig {
  readonly displayName?: string;
  readonly unit?: string;
  readonly decimals?: number | null;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly noValue?: string;
  readonly mappings?: readonly Mapping[];
  readonly thresholds?: { readonly mode: "absolute" | "percentage"; readonly steps: readonly Threshold[] };
  readonly color?: { readonly mode: string; readonly fixedColor?: string };
  readonly links?: readonly Link[];
  /** Depends on the type of the panel. */
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

export interface Target {
  readonly refId?: string;
  readonly expr?: string;
  /** A question to a database instead of Prometheus. */
  readonly rawSql?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly interval?: string;
  readonly hide?: boolean;
  /** Whether single requests whose trace was kept are shown as dots. */
  readonly exemplar?: boolean;
}

export interface Transformation {
  readonly id: string;
  readonly disabled?: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly transparent?: boolean;
  readonly gridPos?: GridPosition;
  readonly targets?: readonly Target[];
  readonly transformations?: readonly Transformation[];
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly timeFrom?: string;
  readonly links?: readonly Link[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly fieldConfig?: { readonly defaults?: FieldConfig; readonly overrides?: readonly Override[] };
  /** Rows only. */
  readonly collapsed?: boolean;
  /** The panels of a row that is collapsed. */
  readonly panels?: readonly Panel[];
  /** The variable whose every value gets a row, or a panel, of its own. */
  readonly repeat?: string | null;
  /** Panels only: beside each other unless `v` says below, and how many fit beside each other. */
  readonly repeatDirection?: "h" | "v";
  readonly maxPerRow?: number;
}

export interface VariableOption {
  readonly text: string | readonly string[];
  readonly value: string | readonly string[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly label?: string | null;
  readonly description?: string | null;
  readonly query?: string | { readonly query?: string };
  readonly regex?: string;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string | null;
  readonly current?: Partial<VariableOption>;
  readonly options?: readonly VariableOption[];
  readonly hide?: number | string;
  readonly sort?: number | string;
}

export interface Annotation {
  readonly name?: string;
  readonly enable?: boolean;
  readonly hide?: boolean;
  readonly builtIn?: number;
  readonly iconColor?: string;
  readonly expr?: string;
  readonly target?: { readonly expr?: string };
  readonly step?: string;
  readonly titleFormat?: string;
  readonly textFormat?: string;
  readonly useValueForTime?: boolean | string;
}

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly time?: { readonly from: string; readonly to: string };
  readonly refresh?: string | boolean;
  readonly panels?: readonly Panel[];
  readonly templating?: { readonly list?: readonly Variable[] };
  readonly annotations?: { readonly list?: readonly Annotation[] };
  readonly links?: readonly Link[];
}

/** What the server puts into the page of a board. */
export interface BoardPage {
  readonly board: Board;
  /** The content of text panels as safe HTML, by the panel's id. */
  readonly texts: Readonly<Record<string, string>>;
}
