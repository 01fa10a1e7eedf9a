import { make } from "../dom.ts";

export interface Menu {
  readonly element: HTMLElement;
  label(...parts: readonly (Node | string)[]): void;
  close(): void;
}

/** A button that opens a sheet below it; Escape and a click elsewhere close it. */
export function createMenu(name: string, content: HTMLElement, opened: () => void = () => {}): Menu {
  const summary = make("summary", "button");
  const sheet = make("div", "sheet", content);
  const element = make("details", "menu", summary, sheet) as HTMLDetailsElement;
  summary.setAttribute("aria-label", name);
  const close = (): void => {
    element.open = false;
  };
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    opened();
    element.classList.toggle("leftwards", element.getBoundingClientRect().left > innerWidth / 2);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    close();
    summary.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!element.contains(event.target as Node)) close();
  });
  return {
    element,
    close,
    label(...parts) {
      summary.replaceChildren(...parts);
      summary.setAttribute("aria-label", `${name}: ${summary.textContent}`);
    },
  };
}

export function makeButton(
  className: string,
  label: string,
  task: () => void,
  ...content: readonly (Node | string)[]
) {
  const button = make("button", className, ...content) as HTMLButtonElement;
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.addEventListener("click", task);
  return button;
}
