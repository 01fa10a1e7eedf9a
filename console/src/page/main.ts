import { startGrafanaBoard } from "./board/start.ts";
import { startBoard } from "./board.ts";
import { keepDocumentFresh } from "./document.ts";
import { showTimes } from "./times.ts";

/** What each kind of page does besides being read. */
const pages: Readonly<Record<string, () => void>> = {
  board: startBoard,
  grafana: startGrafanaBoard,
  document: keepDocumentFresh,
};

showTimes(document);
pages[document.body.dataset.page ?? ""]?.();
