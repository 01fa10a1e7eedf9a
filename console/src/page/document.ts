import { byData } from "./dom.ts";
import { ask, pollWhileSeen, SignedOut, showLive } from "./poll.ts";
import { showTimes } from "./times.ts";

/** 503 is the page that says what cannot be reached. */
const SHOWN = [200, 503];

/** Keeps a page that the server has written up to date: asks for it again and replaces its content when it changed. */
export function keepDocumentFresh(): void {
  let shown = "";
  let awaySince: Date | undefined;
  pollWhileSeen(async () => {
    let reason = "";
    try {
      const source = await (await ask(location.href, SHOWN)).text();
      if (source !== shown) {
        const main = byData("main", new DOMParser().parseFromString(source, "text/html"));
        showTimes(main);
        if (shown !== "" || main.innerHTML !== byData("main").innerHTML)
          byData("main").replaceChildren(...main.childNodes);
        shown = source;
      }
      awaySince = undefined;
    } catch (error) {
      awaySince ??= new Date();
      reason = error instanceof SignedOut ? "signed out" : "console not reachable";
    }
    document.body.classList.toggle("stale", awaySince !== undefined);
    showLive(byData("live"), awaySince, reason);
  });
}
