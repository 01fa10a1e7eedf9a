import type { RangeText } from "../../boards/time-range.ts";
import { parseRange } from "../../boards/time-range.ts";
import { make } from "../dom.ts";
import { createMenu, type Menu } from "./menu.ts";
import { icon } from "./svg.ts";

const QUICK: readonly (readonly [from: string, to: string, title: string])[] = [
  ["now-15m", "now", "Last 15 minutes"],
  ["now-1h", "now", "Last hour"],
  ["now-3h", "now", "Last 3 hours"],
  ["now-6h", "now", "Last 6 hours"],
  ["now-12h", "now", "Last 12 hours"],
  ["now-24h", "now", "Last 24 hours"],
  ["now-2d", "now", "Last 2 days"],
  ["now-7d", "now", "Last 7 days"],
  ["now-30d", "now", "Last 30 days"],
  ["now-90d", "now", "Last 90 days"],
  ["now/d", "now/d", "Today"],
  ["now-1d/d", "now-1d/d", "Yesterday"],
  ["now/w", "now/w", "This week"],
  ["now/M", "now/M", "This month"],
];

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** A span as people say it. */
export function rangeTitle(text: RangeText, nowSeconds: number): string {
  const quick = QUICK.find(([from, to]) => from === text.from && to === text.to);
  if (quick) return quick[2];
  try {
    const { from, to } = parseRange(text, nowSeconds);
    const [start, end] = [new Date(from * 1_000), new Date(to * 1_000)];
    const sameDay = start.toDateString() === end.toDateString();
    return `${day.format(start)} ${clock.format(start)} – ${sameDay ? "" : `${day.format(end)} `}${clock.format(end)}`;
  } catch {
    return `${text.from} – ${text.to}`;
  }
}

const two = (value: number): string => String(value).padStart(2, "0");
/** As an input of the type `datetime-local` wants it. */
const inputText = (seconds: number): string => {
  const at = new Date(seconds * 1_000);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

export interface TimeMenu {
  readonly element: HTMLElement;
  show(range: RangeText): void;
}

/** Chooses the span of time: one of the usual ones, or from a moment to another. */
export function createTimeMenu(choose: (range: RangeText) => void): TimeMenu {
  let current: RangeText = { from: "now-6h", to: "now" };
  let menu: Menu;

  const input = (label: string): HTMLInputElement => {
    const element = make("input", "") as HTMLInputElement;
    element.type = "datetime-local";
    element.required = true;
    element.setAttribute("aria-label", label);
    return element;
  };
  const from = input("From");
  const to = input("To");
  const apply = make("button", "button", "Show");
  const form = make("form", "span-form", make("label", "", "From", from), make("label", "", "To", to), apply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const span = { from: String(Date.parse(from.value)), to: String(Date.parse(to.value)) };
    const valid = Number(span.from) < Number(span.to);
    to.setCustomValidity(valid ? "" : "It must end after it begins");
    if (!valid) return void to.reportValidity();
    menu.close();
    choose(span);
  });
  to.addEventListener("input", () => to.setCustomValidity(""));

  const quick = QUICK.map(([start, end, title]) => {
    const button = make("button", "choice", title) as HTMLButtonElement;
    button.type = "button";
    button.addEventListener("click", () => {
      menu.close();
      choose({ from: start, to: end });
    });
    return button;
  });
  const content = make("div", "time-sheet", make("div", "choices", ...quick), form);
  menu = createMenu("Time range", content, () => {
    try {
      const range = parseRange(current, Date.now() / 1_000);
      from.value = inputText(range.from);
      to.value = inputText(range.to);
    } catch {
      from.value = to.value = "";
    }
  });

  return {
    element: menu.element,
    show(range) {
      current = range;
      menu.label(icon("clock"), rangeTitle(range, Date.now() / 1_000));
      QUICK.forEach(([start, end], i) => {
        const isCurrent = start === range.from && end === range.to;
        if (isCurrent) quick[i]?.setAttribute("aria-current", "true");
        else quick[i]?.removeAttribute("aria-current");
      });
    },
  };
}
