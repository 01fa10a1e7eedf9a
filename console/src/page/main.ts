import { startGrafanaBoard } from "./board/start.ts";
import { startBoard } from "./board.ts";
import { keepDocumentFresh } from "./document.ts";
import { showTimes } from "./times.ts";

showTimes(document);
switch (document.body.dataset.page) {
  case "board":
    startBoard();
    break;
  case "grafana":
    startGrafanaBoard();
    break;
  case "document":
    keepDocumentFresh();
    break;
}
