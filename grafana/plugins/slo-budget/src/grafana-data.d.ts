/** The part of `@grafana/data` that the panel uses, as Grafana offers it to plugins since version 10. */

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: ArrayLike<number | null | undefined>;
}

export interface DataFrame {
  readonly name?: string;
  readonly refId?: string;
  readonly fields: readonly Field[];
}

/** A moment of moment.js; `valueOf` is milliseconds since 1970. */
interface DateTime {
  valueOf(): number;
}

export interface PanelProps<Options> {
  readonly data: { readonly state: string; readonly series: readonly DataFrame[] };
  readonly options: Options;
  readonly timeRange: { readonly from: DateTime; readonly to: DateTime };
  readonly timeZone: string;
  readonly width: number;
  readonly height: number;
}

interface NumberInput<Options> {
  readonly path: keyof Options & string;
  readonly name: string;
  readonly description: string;
  readonly defaultValue: number;
  readonly settings: { readonly min: number; readonly max: number; readonly integer?: boolean };
}

interface OptionsBuilder<Options> {
  addNumberInput(input: NumberInput<Options>): OptionsBuilder<Options>;
}

export class PanelPlugin<Options> {
  constructor(panel: (props: PanelProps<Options>) => unknown);
  setPanelOptions(build: (builder: OptionsBuilder<Options>) => unknown): this;
}

/** @param value milliseconds since 1970 */
export function dateTimeFormat(
  value: number,
  options: { readonly format: string; readonly timeZone: string },
): string;

export function getFieldDisplayName(field: Field, frame: DataFrame, all: readonly DataFrame[]): string;
