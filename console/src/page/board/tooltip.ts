import { make } from "../dom.ts";

export interface Line {
  readonly colour: string;
  readonly name: string;
  readonly value: string;
  /** Nearest to the pointer. */
  readonly hot?: boolean;
}

export interface Tooltip {
  show(title: string, lines: readonly Line[], left: number, top: number): void;
  hide(): void;
  remove(): void;
}

const moment = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export const momentOf = (at: number): string => moment.format(new Date(at * 1_000));

const GAP = 14;

/** A small table beside the pointer, within its frame. */
export function createTooltip(frame: HTMLElement): Tooltip {
  const box = make("div", "tip");
  box.hidden = true;
  box.setAttribute("aria-hidden", "true");
  frame.append(box);
  return {
    show(title, lines, left, top) {
      const rows = lines.map(({ colour, name, value, hot }) => {
        const key = make("i", "");
        key.style.background = colour;
        return make("div", hot ? "hot" : "", key, make("span", "", name), make("b", "", value));
      });
      box.replaceChildren(make("p", "", title), ...rows);
      box.hidden = false;
      const { width, height } = frame.getBoundingClientRect();
      const right = left + GAP + box.offsetWidth;
      box.style.left = `${Math.max(0, right > width ? left - GAP - box.offsetWidth : left + GAP)}px`;
      box.style.top = `${Math.max(0, Math.min(top - box.offsetHeight / 2, height - box.offsetHeight))}px`;
    },
    hide() {
      box.hidden = true;
    },
    remove() {
      box.remove();
    },
  };
}
