import type { Choices } from "../../boards/interpolate.ts";
import type { RangeText } from "../../boards/time-range.ts";
import { byData, make, makeLink } from "../dom.ts";
import { makeButton } from "./menu.ts";
import { createPicker, type Picker } from "./picker.ts";
import { icon } from "./svg.ts";
import { createTimeMenu } from "./time-menu.ts";

const REFRESH = ["", "10s", "30s", "1m", "5m", "15m"];

export interface Wishes {
  time(range: RangeText): void;
  zoomOut(): void;
  reload(): void;
  refresh(interval: string): void;
  variable(name: string, values: readonly string[]): void;
  print(): void;
}

export interface Toolbar {
  readonly live: HTMLElement;
  show(range: RangeText, refresh: string): void;
  showChoices(choices: Choices, problems: ReadonlyMap<string, string>): void;
  showLinks(links: readonly (readonly [title: string, href: string])[]): void;
}

/** What stands above a board: time, refresh, variables and links to other boards. */
export function createToolbar(wishes: Wishes): Toolbar {
  const variables = byData("pickers");
  const links = byData("links");
  const live = make("p", "live");
  const time = createTimeMenu(wishes.time);
  const interval = make("select", "button") as HTMLSelectElement;
  interval.setAttribute("aria-label", "Refresh by itself every");
  interval.addEventListener("change", () => wishes.refresh(interval.value));
  byData("tools").replaceChildren(
    live,
    time.element,
    makeButton("button", "Zoom out", wishes.zoomOut, icon("zoom-out")),
    make("span", "joined", makeButton("button", "Refresh now", wishes.reload, icon("refresh")), interval),
    makeButton("button print", "Print", wishes.print, icon("print")),
  );

  const pickers = new Map<string, Picker>();

  return {
    live,
    show(range, refresh) {
      time.show(range);
      const options = [...new Set([...REFRESH, refresh])];
      interval.replaceChildren(
        ...options.map((value) => {
          const option = make("option", "", value === "" ? "off" : value) as HTMLOptionElement;
          option.value = value;
          option.selected = value === refresh;
          return option;
        }),
      );
    },
    showChoices(choices, problems) {
      for (const [name, choice] of choices) {
        if (Number(choice.variable.hide ?? 0) === 2 || choice.variable.type === "constant") continue;
        let picker = pickers.get(name);
        if (!picker) {
          picker = createPicker((values) => wishes.variable(name, values));
          pickers.set(name, picker);
          variables.append(picker.element);
        }
        picker.show(choice, problems.get(name) ?? "");
      }
    },
    showLinks(all) {
      links.replaceChildren(...all.map(([title, href]) => makeLink(href, title)));
    },
  };
}
