import { loadAlerts } from "@watchkeeper/alerts/load";
import { recordings } from "@watchkeeper/alerts/recording";
import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import { metrics } from "@watchkeeper/catalogue/metrics/all";
import * as recorded from "@watchkeeper/catalogue/recorded";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { BOARDS, generateBoards } from "@watchkeeper/dashboards/generate";
import { obtainTools } from "@watchkeeper/native/tools";
import { knownSeries } from "../expressions.ts";
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

/** The law of boards: every rule, every series that is measured, every link of an alert, every query. */
export async function checkAllBoards(): Promise<readonly string[]> {
  const surroundings = await loadSurroundings();
  const { boards } = surroundings;
  const lost = [...(await loadAlerts()), ...slos]
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
    ...checkWithPromtool(expressionsOf(boards), promtool.path),
  ];
}
