import { askingPanels, type PanelJson, type TargetJson } from "../boards/board-json.ts";
import { dig, type GrafanaApi, refusalOf } from "./api.ts";
import type { Finding } from "./finding.ts";
import type { DataSource, ProvisionedBoard } from "./provisioned.ts";

/** Panels that may have no answer though all is well, and why. */
export const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  'on-call, "Who made the noise", query A': "no alert may have fired in the time that is shown",
};

/** About what a panel of half a board's width asks for. */
const POINTS = 600;
const STEP_MS = 60_000;

/** Grafana replaces its own variables where it asks the data source; a board's are replaced by the page that asks. */
const GRAFANAS_OWN = /^__/;

const withEverything = (text: string): string =>
  text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => (GRAFANAS_OWN.test(name) ? whole : ".+"));

/** The source that a target's variable `${datasource}` chooses first: the default one, or the first of its type. */
function sourceOf(
  target: TargetJson,
  panel: PanelJson,
  sources: readonly DataSource[],
): DataSource | undefined {
  const { uid = "", type } = target.datasource ?? panel.datasource ?? {};
  if (!uid.startsWith("$")) return sources.find((source) => source.uid === uid);
  const ofType = sources.filter((source) => source.type === type);
  return ofType.find(({ isDefault }) => isDefault) ?? ofType[0];
}

const hasNumbers = (frame: unknown): boolean => {
  const fields = dig(frame, "schema", "fields");
  if (!Array.isArray(fields)) return false;
  return fields.some((field, i) => {
    const values = dig(frame, "data", "values", i);
    return dig(field, "type") === "number" && Array.isArray(values) && values.some(Number.isFinite);
  });
};

/** A panel that says what nothing means may have nothing. */
const expectsNothing = ({ fieldConfig }: PanelJson): boolean =>
  typeof dig(fieldConfig?.defaults, "noValue") === "string";

function judge(result: unknown, refusal: string, mayBeEmpty: boolean): Pick<Finding, "problem" | "note"> {
  const error = dig(result, "error");
  if (typeof error === "string") return { problem: error };
  const frames = dig(result, "frames");
  if (!Array.isArray(frames)) return { problem: `Grafana has no answer to it (${refusal})` };
  if (frames.some(hasNumbers)) return {};
  return mayBeEmpty ? { note: "no data, which is no failure here" } : { problem: "no data" };
}

/** Asks every query of a board's panels, over the time that the board shows first, as Grafana's page would. */
export async function verifyQueries(
  api: GrafanaApi,
  board: ProvisionedBoard,
  sources: readonly DataSource[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const panel of askingPanels(board)) {
    const targets = panel.targets ?? [];
    if (targets.length === 0) continue;
    const queries = targets.map((target) => {
      const source = sourceOf(target, panel, sources);
      return {
        ...target,
        ...(target.rawSql === undefined && { expr: withEverything(target.expr) }),
        datasource: { type: source?.type, uid: source?.uid },
        intervalMs: STEP_MS,
        maxDataPoints: POINTS,
      };
    });
    // One panel at a time, as gently as a person who reads the board.
    const answer = await api.post("/api/ds/query", { ...board.time, queries });
    for (const { refId } of targets) {
      const place = `${board.uid}, "${panel.title}", query ${refId}`;
      const mayBeEmpty = expectsNothing(panel) || Object.hasOwn(MAY_BE_EMPTY, place);
      const result = dig(answer.body, "results", refId);
      findings.push({ what: place, ...judge(result, refusalOf(answer), mayBeEmpty) });
    }
  }
  return findings;
}
