import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import { alerts } from "@watchkeeper/catalogue/external";
import { processStartTimeSeconds } from "@watchkeeper/catalogue/metrics/runtime";
import { DEMO_MARK, panelId, runbookUrl } from "@watchkeeper/catalogue/names";
import { generatedNotice } from "@watchkeeper/catalogue/notice";
import { not, promql, series } from "@watchkeeper/catalogue/promql";
import { demoHistory } from "@watchkeeper/catalogue/recorded";
import type { Board } from "../board.ts";
import type { Panel } from "../panel.ts";
import type { Variable } from "../variable.ts";
import { boardPath } from "./address.ts";
import { DATA_SOURCE } from "./fields.ts";
import { layOut, type Place } from "./layout.ts";
import { buildPanel } from "./panels.ts";

/** Grafana 12 and 13 write this version of classic JSON; older ones read it. */
const SCHEMA_VERSION = 42;
const REFRESH = "30s";
const ROW_HEIGHT = 1;

const boardLink = (title: string, uid: string): grafana.DashboardLinkBuilder =>
  new grafana.DashboardLinkBuilder(title)
    .type(grafana.DashboardLinkType.Link)
    .url(boardPath(uid))
    .icon("dashboard")
    .keepTime(true)
    .includeVars(false);

const pageLink = (title: string, url: string): grafana.DashboardLinkBuilder =>
  new grafana.DashboardLinkBuilder(title).type(grafana.DashboardLinkType.Link).url(url).targetBlank(true);

const description = (panel: Panel): string =>
  panel.type === "text" || panel.type === "toplist"
    ? panel.about
    : `${panel.about}\n\n${panel.metric.name}: ${panel.metric.help}.`;

function buildPlaced(
  board: Board,
  panel: Panel,
  place: Place,
  titles: ReadonlyMap<string, string>,
): grafana.Panel {
  const links = [
    ...(panel.more === undefined ? [] : [boardLink(titles.get(panel.more) ?? panel.more, panel.more)]),
    ...(panel.runbooks ?? []).map((alert) => pageLink(`Runbook ${alert}`, runbookUrl(alert))),
  ];
  const builder = buildPanel(panel)
    .id(panelId(`${board.uid}/${panel.key}`))
    .title(panel.title)
    .description(description(panel))
    .gridPos(place);
  if (panel.type !== "text" && panel.type !== "toplist") {
    builder.datasource(DATA_SOURCE);
    if (panel.decimals !== undefined && "decimals" in builder) builder.decimals(panel.decimals);
  }
  if (links.length > 0) builder.links(links);
  return builder.build();
}

const dataSourceVariable = (): grafana.DatasourceVariableBuilder =>
  new grafana.DatasourceVariableBuilder("datasource")
    .label("Data source")
    .type("prometheus")
    .current({ text: "Prometheus", value: "prometheus" });

const queryVariable = ({ name, title, query }: Variable): grafana.QueryVariableBuilder =>
  new grafana.QueryVariableBuilder(name)
    .label(title)
    .datasource(DATA_SOURCE)
    .query({ query: query.text, refId: `Variable-${name}` })
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ text: "All", value: "$__all" });

/** What Grafana adds to boards made by hand: without it, notes that people write are not shown. */
const builtInAnnotation = (): grafana.AnnotationQueryBuilder =>
  new grafana.AnnotationQueryBuilder()
    .name("Annotations & Alerts")
    .type("dashboard")
    .builtIn(1)
    .enable(true)
    .hide(true)
    .iconColor("rgba(0, 211, 255, 1)")
    .datasource({ type: "grafana", uid: "-- Grafana --" });

const firing = series(alerts, { alertstate: "firing", severity: not("info") });

const alertAnnotation = (): grafana.AnnotationQueryBuilder =>
  new grafana.AnnotationQueryBuilder()
    .name("Firing alerts")
    .enable(true)
    .iconColor("red")
    .datasource(DATA_SOURCE)
    .expr(firing.text)
    .step("60s")
    .titleFormat("{{alertname}}")
    .tagKeys("severity,service")
    .target(new prometheus.DataqueryBuilder().refId("Alerts").expr(firing.text).range());

const started = promql`1000 * max by (job) (${series(processStartTimeSeconds, { job: "app" })})`;

/** A start is a release, a repair or a crash: all three explain what a chart does afterwards. */
const startAnnotation = (): grafana.AnnotationQueryBuilder =>
  new grafana.AnnotationQueryBuilder()
    .name("Starts of the directory")
    .enable(true)
    .iconColor("blue")
    .datasource(DATA_SOURCE)
    .expr(started.text)
    .step("60s")
    .useValueForTime(true)
    .titleFormat("{{job}} started")
    .target(new prometheus.DataqueryBuilder().refId("Starts").expr(started.text).range());

/** Whoever looks at made-up data must see that it is. */
const demoAnnotation = (): grafana.AnnotationQueryBuilder =>
  new grafana.AnnotationQueryBuilder()
    .name(DEMO_MARK)
    .enable(true)
    .iconColor("yellow")
    .datasource(DATA_SOURCE)
    .expr(demoHistory.name)
    .step("60s")
    .titleFormat("Demo data: made up, never measured")
    .target(new prometheus.DataqueryBuilder().refId("Demo").expr(demoHistory.name).range());

/** The SDK hides what says `placement`, in a menu, and numbers all rows 0. */
function withoutPlacement<T extends object>(parts: readonly T[]): T[] {
  return parts.map(
    (part) => Object.fromEntries(Object.entries(part).filter(([key]) => key !== "placement")) as T,
  );
}

const mended = (panel: grafana.Panel): grafana.Panel =>
  panel.links === undefined ? panel : { ...panel, links: withoutPlacement(panel.links) };

function buildRows(board: Board, titles: ReadonlyMap<string, string>): (grafana.Panel | grafana.RowPanel)[] {
  let y = 0;
  return board.rows.flatMap((row) => {
    const header = new grafana.RowBuilder(row.title)
      .id(panelId(`${board.uid}/row/${row.title}`))
      .gridPos({ x: 0, y, w: 24, h: ROW_HEIGHT })
      .build();
    const { places, bottom } = layOut(row.panels, y + ROW_HEIGHT);
    y = bottom;
    const panels = row.panels.map((panel, i) => {
      const place = places[i];
      if (!place) throw new Error(`Cannot place panel "${panel.key}" as the layout has no place for it`);
      return mended(buildPlaced(board, panel, place, titles));
    });
    return [header, ...panels];
  });
}

/**
 * Builds the classic JSON that Grafana's file provisioning accepts and that the console draws.
 * @param boards all boards, for the titles of those that it links to
 */
export function buildBoard(board: Board, boards: readonly Board[]): grafana.Dashboard {
  const titles = new Map(boards.map(({ uid, title }) => [uid, title]));
  const source = `dashboards/src/boards/${board.uid}.ts`;
  const identity = {
    uid: board.uid,
    title: board.title,
    description: `${board.about} ${generatedNotice(source)}`,
  };
  const builder = new grafana.DashboardBuilder(board.title)
    .tags(["watchkeeper", ...board.tags])
    .readonly()
    .timezone("browser")
    .time({ from: `now-${board.span}`, to: "now" })
    .refresh(REFRESH)
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .variables([dataSourceVariable(), ...(board.variables ?? []).map(queryVariable)])
    .annotations([builtInAnnotation(), alertAnnotation(), startAnnotation(), demoAnnotation()])
    .links(board.links.map((uid) => boardLink(titles.get(uid) ?? uid, uid)));
  const { annotations, links, ...rest } = builder.build();
  return {
    ...identity,
    ...rest,
    schemaVersion: SCHEMA_VERSION,
    links: withoutPlacement(links ?? []),
    annotations: { list: withoutPlacement(annotations?.list ?? []) },
    panels: buildRows(board, titles),
  };
}
