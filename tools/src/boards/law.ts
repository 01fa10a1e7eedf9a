import { loadAlerts, loadPagerOwnAlerts } from "@watchkeeper/alerts/load";
import { recordings } from "@watchkeeper/alerts/recording";
import { promisePanels } from "@watchkeeper/alerts/slo/alert-text";
import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import { SLO_BOARD } from "@watchkeeper/catalogue/names";
import * as recorded from "@watchkeeper/catalogue/recorded";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { BOARDS, generateBoards } from "@watchkeeper/dashboards/generate";
import { obtainTools } from "@watchkeeper/native/tools";
import { knownSeries } from "../expressions.ts";
import { checkPanels, type Leading } from "./alert-panels.ts";
import type { BoardJson } from "./board-json.ts";
import { checkBoards, checkShown, checkWithPromtool, expressionsOf } from "./check.ts";
import { exceptions, unseen } from "./exceptions.ts";
import type { Surroundings } from "./rule.ts";

/** Names under which ever-growing series are selected, those of histograms included. */
export const counters: ReadonlySet<string> = new Set([
  ...[...foreignMetrics, ...Object.values(recorded)]
    .filter(({ kind }) => kind === "counter")
    .map(({ name }) => name),
  ...metrics.flatMap(({ type, name }) => {
    if (type === "counter") return [name];
    return type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [];
  }),
]);

/** The boards as they are generated, and everything they are judged against. */
export async function loadSurroundings(): Promise<Surroundings> {
  const files = Object.entries(await generateBoards()).filter(([path]) => path.startsWith(`${BOARDS}/`));
  const alerts = await loadAlerts();
  return {
    boards: files.map(([, text]) => JSON.parse(text) as BoardJson),
    known: knownSeries(recordings),
    counters,
    runbooks: new Set([...alerts, ...slos].map(({ name }) => name)),
  };
}

/** Every alert, whoever raises it, with the panel that it leads to. */
export async function alertsThatLead(): Promise<readonly Leading[]> {
  const rules = (await loadAlerts()).map(({ name, panel, expr }) => ({ name, panel, expr: expr.text }));
  const own = (await loadPagerOwnAlerts()).map(({ name, panel, runbook }) => ({
    name,
    panel,
    expr: runbook.firstQuery.text,
  }));
  const promises = Object.entries(promisePanels).map(([name, key]) => ({
    name,
    panel: `${SLO_BOARD}/${key}` as const,
  }));
  return [...rules, ...own, ...promises];
}

/** The law of boards: every rule, every series that is measured, every link of an alert, every query. */
export async function checkAllBoards(): Promise<readonly string[]> {
  const surroundings = await loadSurroundings();
  const { boards, known } = surroundings;
  const lost = [...(await loadAlerts()), ...(await loadPagerOwnAlerts()), ...slos]
    .filter(({ board }) => !boards.some(({ uid }) => uid === board))
    .map(({ name, board }) => `${name} leads to board ${board}, which does not exist`);
  const { promtool } = await obtainTools((line) => process.stderr.write(`tools: ${line}\n`));
  return [
    ...checkBoards(surroundings, exceptions),
    ...checkShown(
      boards,
      [...metrics, ...foreignMetrics].map(({ name }) => name),
      unseen,
    ),
    ...lost,
    ...checkPanels(await alertsThatLead(), boards, known, unseen),
    ...checkWithPromtool(expressionsOf(boards), promtool.path),
  ];
}
