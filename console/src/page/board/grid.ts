import type { Choices } from "../../boards/interpolate.ts";
import type { Panel } from "../../boards/model.ts";
import { make } from "../dom.ts";
import { type Card, type CardStage, createCard, type Look } from "./card.ts";
import { views } from "./panels/all.ts";
import { narrow, type Only, type Shown } from "./repeat.ts";
import { firstLine, placeOf, type Section, sectionsOf } from "./sections.ts";
import { icon } from "./svg.ts";

/** All panels of a board in their places. Only those that are in sight, or nearly, ask for data. */
export interface Grid {
  /** Shows the rows for what is chosen; those that stay the same stay. */
  arrange(choices: Choices, alone: number | undefined): void;
  /** A new look: what is in sight asks at once, the rest when it comes into sight. */
  look(look: Look): Promise<void>;
  /** Everything, seen or not. */
  loadAll(): Promise<void>;
  redraw(): void;
}

interface Placed {
  readonly card: Card;
  /** What its copy of a row, and its own, is for. */
  readonly only: readonly Only[];
  /** Undefined until somebody has looked. */
  visible: boolean | undefined;
  stale: boolean;
}

/** So that a panel is there when somebody scrolls to it. */
const NEARLY = 250;

function isNearly(element: Element): boolean {
  // What is in a folded row has a place too, and is not to be seen there.
  const { top, bottom } = element.getBoundingClientRect();
  return element.checkVisibility() && bottom > -NEARLY && top < innerHeight + NEARLY;
}

export function createGrid(
  panels: readonly Panel[],
  place: HTMLElement,
  stageOf: (panel: Panel) => CardStage,
): Grid {
  const placed = new Map<Element, Placed>();
  let current: Look | undefined;
  let arranged = "";

  /** A copy of a repeated row or panel sees the one value that it is for. */
  const lookOf = (look: Look, only: readonly Only[]): Look => {
    const choices = only.reduce(narrow, look.scope.choices);
    return { ...look, scope: { ...look.scope, choices } };
  };

  const load = async (one: Placed): Promise<void> => {
    if (!current || !one.stale) return;
    one.stale = false;
    await one.card.load(lookOf(current, one.only));
  };

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const one = placed.get(target);
        if (!one) continue;
        one.visible = isIntersecting;
        if (isIntersecting) void load(one);
      }
    },
    { rootMargin: `${NEARLY}px` },
  );

  const addCard = ({ panel, only }: Shown, section: Section, first: number): HTMLElement => {
    const card = createCard(panel, views[panel.type], stageOf(panel));
    const { x, y, w, h } = placeOf(panel, first);
    for (const [name, value] of Object.entries({ x, y, w, h }))
      card.element.style.setProperty(`--${name}`, String(value));
    placed.set(card.element, {
      card,
      only: [section.only, only].filter((one) => one !== undefined),
      visible: undefined,
      stale: true,
    });
    seen.observe(card.element);
    return card.element;
  };

  const render = (section: Section): HTMLElement => {
    const cards = make(
      "div",
      "grid",
      ...section.panels.map((shown) => addCard(shown, section, firstLine(section.panels))),
    );
    if (section.title === undefined) return cards;
    const title = `${section.title.replace(/\$\{?\w+\}?/, section.only?.value ?? "$&")}`;
    const element = make("details", "row", make("summary", "", icon("fold"), make("h2", "", title)), cards);
    (element as HTMLDetailsElement).open = !section.collapsed;
    return element;
  };

  return {
    arrange(choices, alone) {
      const sections = sectionsOf(panels, choices);
      const wanted = JSON.stringify([
        sections.map(({ key, panels: own }) => [key, own.map(({ panel, only }) => [panel.id, only?.value])]),
        alone,
      ]);
      if (wanted === arranged) return;
      arranged = wanted;
      for (const { card } of placed.values()) card.remove();
      placed.clear();
      seen.disconnect();
      const found = sections.find((section) => section.panels.some(({ panel }) => panel.id === alone));
      place.classList.toggle("alone", found !== undefined);
      if (!found) return place.replaceChildren(...sections.map(render));
      const only = found.panels.filter(({ panel }) => panel.id === alone);
      place.replaceChildren(
        make("div", "grid", ...only.map((shown) => addCard(shown, found, firstLine(only)))),
      );
    },
    async look(look) {
      current = look;
      for (const one of placed.values()) {
        one.stale = true;
        // The observer tells later, when everything else has been asked already.
        one.visible ??= isNearly(one.card.element);
      }
      await Promise.all([...placed.values()].filter(({ visible }) => visible).map(load));
    },
    async loadAll() {
      for (const row of place.querySelectorAll("details")) row.open = true;
      await Promise.all([...placed.values()].map(load));
    },
    redraw() {
      for (const { card } of placed.values()) card.redraw();
    },
  };
}
