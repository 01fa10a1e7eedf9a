import { ask, type People, type Person } from "./api.ts";
import { element } from "./dom.ts";

/** While somebody types nothing is asked. */
const TYPING_MS = 200;

export const personLink = (person: Person, note?: string): HTMLElement =>
  element(
    "a",
    { class: "person", href: `#/people/${person.id}` },
    element("strong", {}, person.name),
    element("span", {}, note ?? person.title),
    element("span", { class: "quiet" }, `${person.department} · ${person.location}`),
  );

const plural = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

/**
 * The search and what it finds.
 *
 * @param mayAdd whether adding somebody is offered
 * @param onProblem shows what went wrong
 */
export function drawPeople(term: string, mayAdd: boolean, onProblem: (error: unknown) => void): HTMLElement {
  const input = element("input", {
    id: "search",
    type: "search",
    placeholder: "Name, title, department, place …",
    autocomplete: "off",
    maxlength: "200",
  });
  input.value = term;
  const status = element("p", { class: "quiet", role: "status" });
  const list = element("ul", { class: "people", "aria-label": "People" });
  const more = element("button", { type: "button", class: "secondary", hidden: true }, "Show more");

  let asking = new AbortController();
  let cursor: string | null = null;
  let shown = 0;

  async function load(isNew: boolean): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const query = new URLSearchParams({ q: input.value, limit: "20" });
    if (!isNew && cursor !== null) query.set("cursor", cursor);
    try {
      const page = await ask<People>(`/api/employees?${query}`, "GET", undefined, signal);
      if (isNew) {
        list.replaceChildren();
        shown = 0;
      }
      list.append(...page.employees.map((person) => element("li", {}, personLink(person))));
      shown += page.employees.length;
      cursor = page.nextCursor;
      more.hidden = cursor === null;
      const isEmpty =
        shown === 0 ? "Nobody is spelt like that" : `${plural(shown)}${cursor === null ? "" : " and more"}`;
      status.textContent = page.isApproximate
        ? `Nobody is spelt like that; ${plural(shown)} much like it`
        : isEmpty;
    } catch (error) {
      if (!signal.aborted) onProblem(error);
    }
  }

  let typing: number | undefined;
  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      // So that the way back from a profile leads to the same search.
      history.replaceState(null, "", input.value === "" ? "#/" : `#/?q=${encodeURIComponent(input.value)}`);
      void load(true);
    }, TYPING_MS);
  });
  more.addEventListener("click", () => void load(false));
  void load(true);
  return element(
    "section",
    { "aria-label": "Search" },
    element("h1", { class: "sr" }, "People"),
    element("label", { for: "search", class: "sr" }, "Search people"),
    element(
      "div",
      { class: "search" },
      input,
      mayAdd && element("a", { class: "button secondary", href: "#/add" }, "Add a person"),
    ),
    status,
    list,
    more,
  );
}
