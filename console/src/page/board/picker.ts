import { ALL, type Choice } from "../../boards/interpolate.ts";
import { make } from "../dom.ts";
import { createMenu } from "./menu.ts";

/** More would make the page slow: the rest is found by its name. */
const MOST_OPTIONS = 150;

const titleOf = (option: string): string => (option === ALL ? "All" : option);

export interface Picker {
  readonly element: HTMLElement;
  show(choice: Choice, problem: string): void;
}

/** What is chosen after a click: "All" excludes the others, and without any other it is chosen again. */
function toggled({ chosen, variable }: Choice, option: string): readonly string[] {
  if (!variable.multi) return [option];
  if (option === ALL) return [ALL];
  const others = chosen.filter((each) => each !== ALL && each !== option);
  const next = chosen.includes(option) ? others : [...others, option];
  return next.length > 0 ? next : variable.includeAll ? [ALL] : [option];
}

/** Chooses the values of a variable. */
export function createPicker(choose: (values: readonly string[]) => void): Picker {
  let choice: Choice | undefined;
  const search = make("input", "") as HTMLInputElement;
  search.type = "search";
  search.placeholder = "Find…";
  search.setAttribute("aria-label", "Find a value");
  const list = make("div", "options");
  const more = make("p", "note");
  const label = make("span", "picker-label");
  const menu = createMenu("", make("div", "", search, list, more), () => {
    search.value = "";
    fill();
    search.focus();
  });
  const element = make("div", "picker", label, menu.element);

  const row = (option: string, current: Choice): HTMLElement => {
    const box = make("input", "") as HTMLInputElement;
    box.type = current.variable.multi ? "checkbox" : "radio";
    box.name = current.variable.name;
    box.checked = current.chosen.includes(option);
    box.addEventListener("change", () => {
      choose(toggled(choice ?? current, option));
      if (!current.variable.multi) menu.close();
    });
    const text = make("span", "", titleOf(option));
    text.title = titleOf(option);
    return make("label", "", box, text);
  };

  function fill(): void {
    if (!choice) return;
    const current = choice;
    const wanted = search.value.trim().toLowerCase();
    const all = [...new Set([...current.chosen, ...current.options])];
    const first = (option: string): number => (option === ALL ? 0 : current.chosen.includes(option) ? 1 : 2);
    const found = all
      .filter((option) => titleOf(option).toLowerCase().includes(wanted))
      .sort((a, b) => first(a) - first(b));
    list.replaceChildren(...found.slice(0, MOST_OPTIONS).map((option) => row(option, current)));
    const left = found.length - MOST_OPTIONS;
    more.textContent =
      left > 0
        ? `${left.toLocaleString()} more: type a part of the name`
        : found.length === 0
          ? "There is none"
          : "";
  }
  search.addEventListener("input", fill);

  return {
    element,
    show(next, problem) {
      choice = next;
      const { variable, chosen } = next;
      label.textContent = variable.label || variable.name;
      element.dataset.variable = variable.name;
      element.classList.toggle("bad", problem !== "");
      element.title = problem;
      const shown = chosen.slice(0, 3).map(titleOf).join(", ");
      menu.label(
        make(
          "span",
          "picked",
          `${shown || "none"}${chosen.length > 3 ? ` and ${chosen.length - 3} more` : ""}`,
        ),
      );
      for (const box of list.querySelectorAll("input")) {
        const option = box.parentElement?.textContent ?? "";
        box.checked = chosen.some((value) => titleOf(value) === option);
      }
    },
  };
}
