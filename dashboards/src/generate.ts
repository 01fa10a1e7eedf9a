import { renderDataSources } from "./grafana/data-sources.ts";
import { renderProvider } from "./grafana/provider.ts";
import { loadBoards } from "./load.ts";
import { buildBoard } from "./render/board.ts";

/** Where Grafana and the console find the boards. */
export const BOARDS = "grafana/dashboards/generated";

/** Everything that Grafana reads: the files' texts by their paths in the repository. */
export async function generateBoards(): Promise<Readonly<Record<string, string>>> {
  const boards = await loadBoards();
  const files = boards.map((board) => [
    `${BOARDS}/${board.uid}.json`,
    `${JSON.stringify(buildBoard(board, boards), undefined, 2)}\n`,
  ]);
  return {
    ...Object.fromEntries(files),
    "grafana/provisioning/datasources/generated/watchkeeper.yaml": renderDataSources(),
    "grafana/provisioning/dashboards/generated/watchkeeper.yaml": renderProvider(),
  };
}
