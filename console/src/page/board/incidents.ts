import { make, makeLink } from "../dom.ts";
import { ask } from "../poll.ts";

interface OpenIncident {
  readonly number: number;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
}

/** In the line above a board; the page of incidents has all. */
const SHOWN = 3;

/** Says above a board what is open right now. Never rejects. */
export async function showOpenIncidents(place: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    const { incidents } = (await (await ask("/api/incidents/open")).json()) as { incidents: OpenIncident[] };
    if (signal.aborted) return;
    place.dataset.open = String(incidents.length);
    place.classList.remove("bad");
    if (incidents.length === 0) return place.replaceChildren("No open incident");
    const links = incidents.slice(0, SHOWN).map(({ number, title, state, severity }) => {
      const link = makeLink(`/incidents/${number}`, make("b", "", `#${number}`), ` ${title}`);
      link.className = `badge ${state === "acknowledged" ? "acknowledged" : severity}`;
      return link;
    });
    const more = incidents.length - SHOWN;
    place.replaceChildren(...links, more > 0 ? makeLink("/incidents", `and ${more} more`) : "");
  } catch {
    if (signal.aborted) return;
    delete place.dataset.open;
    place.classList.add("bad");
    place.replaceChildren("Whether an incident is open cannot be said: the pager does not answer");
  }
}
