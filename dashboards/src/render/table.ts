import * as common from "@grafana/grafana-foundation-sdk/common";
import * as table from "@grafana/grafana-foundation-sdk/table";
import { runbookUrl } from "@watchkeeper/catalogue/names";
import type { TablePanel, ValueColumn } from "../panel.ts";
import { unitOf } from "../unit.ts";
import { boardPath } from "./address.ts";
import { target, thresholdSteps } from "./fields.ts";

/** How Grafana calls the value of the i-th query once several are one table. */
const valueField = (i: number, of: number): string =>
  of === 1 ? "Value" : `Value #${String.fromCharCode("A".charCodeAt(0) + i)}`;

const properties = ({ unit, decimals, thresholds }: ValueColumn) => [
  { id: "unit", value: unit },
  ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
  ...(thresholds === undefined
    ? []
    : [
        { id: "thresholds", value: { mode: "absolute", steps: thresholdSteps(thresholds) } },
        { id: "custom.cellOptions", value: { type: "color-text" } },
      ]),
];

/** What Grafana puts into a text when somebody follows it. */
const filledIn = (expression: string): string => `\${${expression}}`;

/** The value that a row has in the column of this title. */
const ofRow = (title: string): string => filledIn(`__data.fields["${title}"]`);

/** Links on each value of a label's column. Grafana fills in the row's value and the board's time. */
function linksOf({ follow, runbook }: TablePanel, label: string, title: string) {
  const board = {
    title: `${title} in detail`,
    url: `${boardPath(follow?.board ?? "")}?var-${follow?.variable}=${ofRow(title)}&${filledIn("__url_time_range")}`,
  };
  const page = { title: "Runbook", url: runbookUrl(ofRow(title)), targetBlank: true };
  return [...(follow?.label === label ? [board] : []), ...(runbook === label ? [page] : [])];
}

/** A row for each set of labels: `merge` makes one table of all queries, `organize` names, orders and hides columns. */
export function buildTable(panel: TablePanel): table.PanelBuilder {
  const labels = Object.entries(panel.labels);
  const fields = panel.columns.map(({ title }, i) => [valueField(i, panel.columns.length), title] as const);
  const shown = [...labels, ...fields];
  const builder = new table.PanelBuilder()
    .unit(panel.unit ?? unitOf(panel.metric.unit))
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(panel.sortBy).desc(!panel.smallestFirst)])
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(shown.map(([field], i) => [field, i])),
        renameByName: Object.fromEntries(shown),
      },
    });
  if (panel.nothing) builder.noValue(panel.nothing);
  for (const column of panel.columns) builder.overrideByName(column.title, properties(column));
  for (const [label, title] of labels) {
    const links = linksOf(panel, label, title);
    if (links.length > 0) builder.overrideByName(title, [{ id: "links", value: links }]);
  }
  panel.columns.forEach(({ query }, i) => void builder.withTarget(target(query, i, "table")));
  return builder;
}
