import type { Reading } from "../overview/model.ts";
import { panelOf, setText } from "./dom.ts";
import { momentText } from "./times.ts";

/** Why a panel shows no value, as a sentence for its reader. */
export function absence(reading: Exclude<Reading<unknown>, { state: "ready" }>): string {
  if (reading.state === "error") return `${reading.reason}, since ${momentText(new Date(reading.since))}`;
  return reading.lastAt === null ? "no data yet" : `no data since ${momentText(new Date(reading.lastAt))}`;
}

/** The same in the few letters below a stat, whose value says the rest. */
function shortAbsence(reading: Exclude<Reading<unknown>, { state: "ready" }>): string {
  if (reading.state === "error") return `since ${momentText(new Date(reading.since))}`;
  return reading.lastAt === null ? "none yet" : `since ${momentText(new Date(reading.lastAt))}`;
}

/** What tests and styles read off a panel. */
export function setState(panel: HTMLElement, state: Reading<unknown>["state"], value: string): void {
  panel.dataset.state = state;
  panel.dataset.value = value;
}

/**
 * Fills a stat. A null is a quotient without a divisor: it shows as a dash, which is a value.
 *
 * @param usualNote what stands below the value while there is one
 */
export function showStat(
  name: string,
  reading: Reading<number | null>,
  format: (value: number) => string,
  usualNote: string,
): void {
  const panel = panelOf(name);
  const text = panel.querySelector<HTMLElement>("[data-text]");
  const note = panel.querySelector<HTMLElement>("[data-note]");
  if (!text || !note) return;
  if (reading.state === "ready") {
    const { value } = reading;
    setState(panel, "ready", value === null ? "" : String(value));
    setText(text, value === null ? "–" : format(value));
    setText(note, value === null ? "no requests" : usualNote);
  } else {
    setState(panel, reading.state, "");
    setText(text, reading.state === "empty" ? "no data" : "?");
    setText(note, shortAbsence(reading));
  }
}

/** Shows why a list or a chart is empty, or hides the note. */
export function showNote(panel: HTMLElement, text: string): void {
  const note = panel.querySelector<HTMLElement>("[data-note]");
  if (!note) return;
  setText(note, text);
  note.hidden = text === "";
}
