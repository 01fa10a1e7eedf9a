import { setText } from "./dom.ts";
import { momentText } from "./times.ts";

/** Says until when what is shown was made up, where any of it was. @param until Unix seconds */
export function showDemo(place: HTMLElement, last: { readonly to: number } | undefined): void {
  place.hidden = last === undefined;
  if (last) setText(place, `Demo data until ${momentText(new Date(last.to * 1_000))}`);
}
