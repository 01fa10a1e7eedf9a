import type { Transformation } from "../../boards/model.ts";
import type { Cell, Row, Table } from "./cell-table.ts";
import type { Series } from "./data.ts";

export type { Cell, Row, Table };

const natural = new Intl.Collator(undefined, { numeric: true });

/** Numbers by size, the rest by name; what is not there comes last whichever way. */
export function compare(a: Cell, b: Cell, descending: boolean): number {
  const isNothing = (cell: Cell): boolean => cell === null || Number.isNaN(cell);
  if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
  const order =
    typeof a === "number" && typeof b === "number" ? a - b : natural.compare(String(a), String(b));
  return descending ? -order : order;
}

/** One row for each series: its labels and its last value, as Grafana makes a table of an instant query. */
function tableOf(series: readonly Series[], refIds: number): Table {
  const rows = series.map(({ labels, refId, times, values }): Row => {
    const { __name__: _name, ...own } = labels;
    return {
      Time: (times.at(-1) ?? 0) * 1_000,
      ...own,
      [refIds > 1 ? `Value #${refId}` : "Value"]: values.at(-1) ?? null,
    };
  });
  const names = [...new Set(rows.flatMap(Object.keys))];
  const isValue = (name: string): boolean => /^Value( #|$)/.test(name);
  return { columns: [...names.filter((name) => !isValue(name)), ...names.filter(isValue)], rows };
}

/** Rows that agree in everything but their values become one. */
function merge({ columns, rows }: Table): Table {
  const merged = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(
      columns.filter((name) => !name.startsWith("Value")).map((name) => row[name] ?? null),
    );
    merged.set(key, { ...merged.get(key), ...row });
  }
  return { columns, rows: [...merged.values()] };
}

interface Organization {
  readonly excludeByName?: Readonly<Record<string, boolean>>;
  readonly indexByName?: Readonly<Record<string, number>>;
  readonly renameByName?: Readonly<Record<string, string>>;
}

function organize({ columns, rows }: Table, options: Organization): Table {
  const { excludeByName = {}, indexByName = {}, renameByName = {} } = options;
  const place = (name: string): number => indexByName[name] ?? Number.MAX_SAFE_INTEGER;
  const kept = columns.filter((name) => !excludeByName[name]).sort((a, b) => place(a) - place(b));
  const title = (name: string): string => renameByName[name] || name;
  return {
    columns: kept.map(title),
    rows: rows.map((row) => Object.fromEntries(kept.map((name) => [title(name), row[name] ?? null]))),
  };
}

function sortBy(
  { columns, rows }: Table,
  options: { sort?: readonly { field: string; desc?: boolean }[] },
): Table {
  const [by] = options.sort ?? [];
  if (!by) return { columns, rows };
  const sorted = [...rows].sort((a, b) =>
    compare(a[by.field] ?? null, b[by.field] ?? null, by.desc === true),
  );
  return { columns, rows: sorted };
}

const steps: Readonly<Record<string, (table: Table, options: Record<string, never>) => Table>> = {
  merge,
  organize,
  sortBy,
  limit: ({ columns, rows }, options: { limitField?: number }) => ({
    columns,
    rows: rows.slice(0, options.limitField ?? 10),
  }),
  filterFieldsByName: ({ columns, rows }, options: { include?: { names?: readonly string[] } }) => ({
    columns: columns.filter((name) => options.include?.names?.includes(name) ?? true),
    rows,
  }),
  labelsToFields: (table) => table,
};

/** @throws Error when a transformation is unknown here: leaving one out would show something else */
export function buildTable(
  series: readonly Series[],
  transformations: readonly Transformation[],
  refIds: number,
): Table {
  let table = tableOf(series, refIds);
  for (const { id, disabled, options } of transformations) {
    const step = Object.hasOwn(steps, id) ? steps[id] : undefined;
    if (!step) throw new Error(`Cannot build the table as there is no transformation "${id}" here`);
    if (!disabled) table = step(table, (options ?? {}) as Record<string, never>);
  }
  return table;
}
