import { type Choices, interpolate, type Scope } from "../../boards/interpolate.ts";
import type { BoardPage } from "../../boards/model.ts";
import { parseDuration, parseRange } from "../../boards/time-range.ts";
import { showDemo } from "../demo.ts";
import { byData, setText } from "../dom.ts";
import { showLive } from "../poll.ts";
import { type Address, readAddress, writeAddress } from "./address.ts";
import { type Happening, loadHappenings } from "./annotations.ts";
import { onThemeChange } from "./colours.ts";
import { createGrid } from "./grid.ts";
import { showOpenIncidents } from "./incidents.ts";
import { linkHref } from "./links.ts";
import { createQuestions, type Questions } from "./prometheus.ts";
import { createToolbar } from "./toolbar.ts";
import { chooseUnasked, loadChoices } from "./variables.ts";

/** Our Prometheus scrapes this often; a rate needs several scrapes. */
const SCRAPE_SECONDS = 15;
const FASTEST_REFRESH_SECONDS = 5;

/** Draws the board that the page carries, and keeps it as its address says. */
export function startGrafanaBoard(): void {
  const { board, texts } = JSON.parse(byData("board").textContent ?? "") as BoardPage;
  const read = (): Address => readAddress(location.search, board);
  let address = read();
  let choices: Choices = new Map();
  let problems = new Map<string, string>();
  let happenings: readonly Happening[] = [];
  let leaving = new AbortController();
  let timer: number | undefined;
  let drawnAt = 0;
  let awaySince: Date | undefined;

  const scopeNow = (): Scope => ({
    choices,
    range: parseRange(address.range, Date.now() / 1_000),
    step: SCRAPE_SECONDS,
    scrape: SCRAPE_SECONDS,
  });

  const go = (change: Partial<Address>): void => {
    address = { ...address, ...change };
    history.pushState(null, "", writeAddress(address, board));
    void show(true);
  };

  const grid = createGrid(board.panels ?? [], byData("cards"), (panel) => ({
    text: texts[String(panel.id)] ?? "",
    zoom: (from, to) =>
      go({ range: { from: String(Math.round(from * 1_000)), to: String(Math.round(to * 1_000)) } }),
    href: (link, scope, fields) =>
      linkHref(link, { scope, search: writeAddress(address, board), ...(fields && { fields }) }),
    announce: (text) => setText(byData("announce"), text),
    happenings: () => happenings,
    expand: () => go({ panel: address.panel === undefined ? panel.id : undefined }),
  }));

  const toolbar = createToolbar({
    time: (range) => go({ range }),
    zoomOut() {
      const { from, to } = scopeNow().range;
      const half = (to - from) / 2;
      const end = Math.min(Date.now() / 1_000, to + half);
      go({ range: { from: String(Math.round((from - half) * 1_000)), to: String(Math.round(end * 1_000)) } });
    },
    reload: () => void show(true),
    refresh: (refresh) => go({ refresh }),
    variable: (name, values) => go({ chosen: new Map(address.chosen).set(name, values) }),
    print: () => void grid.loadAll().then(() => print()),
  });

  const showLinks = (scope: Scope): void => {
    const search = writeAddress(address, board);
    const links = (board.links ?? []).flatMap((link) => {
      const href = linkHref(link, { scope, search });
      return href ? [[link.title ?? href, href] as const] : [];
    });
    if (address.panel !== undefined)
      links.unshift(["The whole board", writeAddress({ ...address, panel: undefined }, board)]);
    toolbar.showLinks(links);
  };

  const plan = (): void => {
    clearTimeout(timer);
    if (!address.refresh || document.hidden) return;
    let seconds: number;
    try {
      seconds = Math.max(FASTEST_REFRESH_SECONDS, parseDuration(address.refresh));
    } catch {
      return;
    }
    timer = setTimeout(() => void show(false), Math.max(0, drawnAt + seconds * 1_000 - Date.now()));
  };

  /** Asks what can be chosen, and shows it. What is chosen does not change by it. */
  async function askChoices(questions: Questions, signal: AbortSignal): Promise<void> {
    const found = new Map<string, string>();
    const next = await loadChoices(board, address.chosen, scopeNow(), questions, ({ name }, reason) =>
      found.set(name, `Its values cannot be had: ${reason}`),
    );
    if (signal.aborted) return;
    [choices, problems] = [next, found];
    toolbar.showChoices(choices, problems);
  }

  async function showMarks(scope: Scope, questions: Questions, signal: AbortSignal): Promise<void> {
    const found = await loadHappenings(board, scope, questions);
    if (signal.aborted) return;
    showDemo(
      byData("demo"),
      found.findLast(({ isDemo }) => isDemo),
    );
    if (JSON.stringify(found) === JSON.stringify(happenings)) return;
    happenings = found;
    grid.redraw();
  }

  /** @param fresh whether what can be chosen is asked for again, too */
  async function show(fresh: boolean): Promise<void> {
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    clearTimeout(timer);
    toolbar.show(address.range, address.refresh);
    try {
      const questions = createQuestions(signal);
      const unasked = fresh ? chooseUnasked(board, address.chosen) : choices;
      if (unasked) choices = unasked;
      else await askChoices(questions, signal);
      if (signal.aborted) return;
      const scope = scopeNow();
      toolbar.showChoices(choices, problems);
      showLinks(scope);
      document.title = `${interpolate(board.title, scope, "text")} · Watchkeeper`;
      grid.arrange(choices, address.panel);
      // Panels first: a browser has few connections, and people look for numbers.
      const panels = grid.look({ scope, questions, signal });
      await Promise.all([
        panels,
        fresh && unasked && askChoices(questions, signal),
        showMarks(scope, questions, signal),
        showOpenIncidents(byData("incidents"), signal),
      ]);
      if (signal.aborted) return;
      const failed = byData("cards").querySelectorAll('[data-state="error"]').length;
      awaySince = failed === 0 ? undefined : (awaySince ?? new Date());
      showLive(toolbar.live, awaySince, `${failed} ${failed === 1 ? "panel" : "panels"} without data`);
    } catch (error) {
      if (signal.aborted) return;
      awaySince ??= new Date();
      showLive(toolbar.live, awaySince, (error as Error).message);
    }
    drawnAt = Date.now();
    plan();
  }

  addEventListener("popstate", () => {
    address = read();
    void show(true);
  });
  addEventListener("pagehide", () => leaving.abort());
  addEventListener("pageshow", (event) => {
    if (event.persisted) void show(true);
  });
  document.addEventListener("visibilitychange", plan);
  onThemeChange(() => grid.redraw());
  grid.arrange(choices, address.panel);
  void show(true);
}
