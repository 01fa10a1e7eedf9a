import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as table from "@grafana/grafana-foundation-sdk/table";
import { DIRECTORY_DATA_SOURCE, topLists } from "@watchkeeper/catalogue/top-lists";
import type { TopListPanel } from "../panel.ts";

/** A query of Grafana's data source for PostgreSQL; the SDK knows none. */
const sqlTarget = (rawSql: string): cog.Builder<cog.Dataquery> => ({
  build: () =>
    ({
      refId: "A",
      datasource: DIRECTORY_DATA_SOURCE,
      format: "table",
      rawQuery: true,
      rawSql,
      editorMode: "code",
      _implementsDataqueryVariant: () => {},
    }) as unknown as cog.Dataquery,
});

/** A table of what a list's query gives, in the order in which it gives it. */
export const buildTopList = ({ list, nothing }: TopListPanel): table.PanelBuilder =>
  new table.PanelBuilder()
    .datasource(DIRECTORY_DATA_SOURCE)
    .unit("none")
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .noValue(nothing)
    .withTarget(sqlTarget(topLists[list].sql));
