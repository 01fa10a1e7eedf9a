import { interpolate, type Scope } from "../../boards/interpolate.ts";
import type { Panel } from "../../boards/model.ts";
import { findUnsupported } from "../../boards/supported.ts";
import { make, makeLink, setText } from "../dom.ts";
import { loadExemplars, loadPanel, type PanelData } from "./data.ts";
import { makeButton } from "./menu.ts";
import type { Questions } from "./prometheus.ts";
import { icon } from "./svg.ts";
import type { CreateView, Stage, View } from "./view.ts";

/** One look at the board: a span of time, what is chosen, and the questions that belong to it. */
export interface Look {
  readonly scope: Scope;
  readonly questions: Questions;
  readonly signal: AbortSignal;
}

export interface Card {
  readonly element: HTMLElement;
  readonly panel: Panel;
  /** Asks and draws. Never rejects. */
  load(look: Look): Promise<void>;
  /** Draws again what it has: the theme or the marks have changed. */
  redraw(): void;
  remove(): void;
}

type State = "loading" | "ready" | "empty" | "error";

/** They say themselves that there is nothing. */
const SPEAKS: ReadonlySet<string> = new Set(["stat", "gauge", "bargauge", "table", "text"]);

export type CardStage = Pick<Stage, "zoom" | "href" | "announce" | "happenings" | "text"> & {
  /** Shows the panel alone. */
  expand(): void;
};

function aboutOf(panel: Panel): HTMLElement {
  const paragraphs = (panel.description ?? "").split(/\n\n+/).filter(Boolean);
  const queries = (panel.targets ?? []).flatMap(({ expr, hide }) => (expr && !hide ? [expr.trim()] : []));
  return make(
    "div",
    "about",
    ...paragraphs.map((text) => make("p", "", text)),
    ...queries.map((expr) => make("pre", "", make("code", "", expr.replace(/\n\s+/g, "\n  ")))),
  );
}

/** The frame of a panel: its title, what it is about, its state, and the drawing. */
export function createCard(panel: Panel, createView: CreateView | undefined, stage: CardStage): Card {
  const id = `panel-${panel.id}-${crypto.randomUUID().slice(0, 8)}`;
  const title = make("h3", "", panel.title ?? "");
  title.id = id;
  const links = make("span", "card-links");
  const about = aboutOf(panel);
  about.hidden = true;
  const info = makeButton(
    "card-button",
    `About ${panel.title}`,
    () => showAbout(about.hidden === true),
    icon("info"),
  );
  info.setAttribute("aria-expanded", "false");
  const tools = make("span", "card-tools", links);
  const expand = makeButton("card-button", `Show ${panel.title} alone`, stage.expand, icon("expand"));
  const place = make("div", "card-body");
  const note = make("p", "card-note");
  const element = make(
    "section",
    `card card-${panel.type}`,
    make("header", "", title, tools),
    place,
    note,
    about,
  );
  if (about.childNodes.length > 0) tools.append(info);
  if (panel.type !== "text") tools.append(expand);
  element.setAttribute("aria-labelledby", id);
  element.dataset.panel = String(panel.id);
  element.dataset.type = panel.type;
  if (panel.transparent) element.classList.add("bare");

  function showAbout(open: boolean): void {
    about.hidden = !open;
    info.setAttribute("aria-expanded", String(open));
  }
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") showAbout(false);
  });

  const setState = (state: State, value: string, text: string): void => {
    element.dataset.state = state;
    element.dataset.value = value;
    setText(note, text);
    note.hidden = text === "";
  };
  setState("loading", "", "");

  let view: View | undefined;
  let shown: PanelData | undefined;

  const draw = (data: PanelData): void => {
    view ??= createView?.({ ...stage, place, panel });
    if (!view) throw new Error(`Cannot draw the panel as there is no type "${panel.type}" here`);
    setText(title, interpolate(panel.title ?? "", data.scope, "text"));
    links.replaceChildren(
      ...(panel.links ?? []).flatMap((link) => {
        const href = stage.href(link, data.scope);
        return href ? [makeLink(href, link.title ?? "more")] : [];
      }),
    );
    const { value, summary } = view.draw(data);
    shown = data;
    const nothing = value === "" ? "empty" : "ready";
    const words = panel.fieldConfig?.defaults?.noValue ?? "No data";
    const left = data.left > 0 ? `${data.left} more series are not drawn` : "";
    setState(nothing, value, nothing === "empty" && !SPEAKS.has(panel.type) ? words : left);
    if (SPEAKS.has(panel.type)) place.setAttribute("aria-label", summary);
  };

  const fail = (error: unknown): void => {
    shown = undefined;
    setState("error", "", error instanceof Error ? error.message : String(error));
  };

  const unsupported = findUnsupported(panel);
  const resized = new ResizeObserver(() => {
    if (shown) view?.resize?.();
  });
  resized.observe(place);

  return {
    element,
    panel,
    async load({ scope, questions, signal }) {
      if (unsupported.length > 0)
        return fail(new Error(`This panel uses what the console does not draw: ${unsupported.join(", ")}`));
      element.setAttribute("aria-busy", "true");
      try {
        const points = Math.max(100, Math.round(place.clientWidth || 600));
        const data = await loadPanel({ panel, scope, points, questions });
        if (signal.aborted) return;
        // The dots of before stay until those of now are there.
        draw({ ...data, exemplars: shown?.exemplars ?? [] });
        const exemplars = await loadExemplars({ panel, questions }, data);
        if (!signal.aborted && (exemplars.length > 0 || shown?.exemplars.length))
          draw({ ...data, exemplars });
      } catch (error) {
        if (!signal.aborted) fail(error);
      } finally {
        if (!signal.aborted) element.removeAttribute("aria-busy");
      }
    },
    redraw() {
      if (shown) draw(shown);
    },
    remove() {
      resized.disconnect();
      view?.destroy?.();
      element.remove();
    },
  };
}
