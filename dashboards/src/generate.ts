import { loadBoards } from "./load.ts";
import { buildBoard } from "./render/board.ts";

/** Where Grafana and the console find the boards. */
const FOLDER = "grafana/dashboards/generated";

/** Everything that follows from the boards: the files' texts by their paths in the repository. */
export async function generateBoards(): Promise<Readonly<Record<string, string>>> {
  const boards = await loadBoards();
  return Object.fromEntries(
    boards.map((board) => [
      `${FOLDER}/${board.uid}.json`,
      `${JSON.stringify(buildBoard(board, boards), undefined, 2)}\n`,
    ]),
  );
}
