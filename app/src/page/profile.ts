import { ask, type Chart, type Me, type Profile } from "./api.ts";
import { element } from "./dom.ts";
import { drawEdit, fieldsFor } from "./edit.ts";
import { personLink } from "./people.ts";

const facts = (profile: Profile): HTMLElement =>
  element(
    "dl",
    {},
    ...[
      ["E-mail", element("a", { href: `mailto:${profile.email}` }, profile.email)],
      ["Phone", profile.phone],
      ["Department", profile.department],
      ["Location", profile.location],
      [
        "Manager",
        profile.manager
          ? element("a", { href: `#/people/${profile.manager.id}` }, profile.manager.name)
          : "–",
      ],
    ].flatMap(([name, value]) => [element("dt", {}, name ?? ""), element("dd", {}, value ?? "")]),
  );

const reportsNote = (title: string, reports: number): string =>
  reports === 0 ? title : `${title}, leads ${reports}`;

/** A profile, who reports to the person, and the form to change it. */
export async function drawProfile(id: string, me: Me): Promise<HTMLElement> {
  const [profile, chart] = await Promise.all([
    ask<Profile>(`/api/employees/${id}`),
    ask<Chart>(`/api/employees/${id}/chart`),
  ]);
  const card = element("article", { class: "card", "aria-labelledby": "person" });

  const show = (shown: Profile, note = ""): void => {
    const edit = element("button", { type: "button", class: "secondary" }, "Edit");
    const isEditable = fieldsFor(me.employee, shown).length > 0;
    edit.addEventListener("click", () => {
      card.replaceChildren(drawEdit(shown, me.employee, show));
      card.querySelector("input")?.focus();
    });
    card.replaceChildren(
      element(
        "header",
        {},
        element("div", {}, element("h1", { id: "person" }, shown.name), element("p", {}, shown.title)),
        isEditable && edit,
      ),
      facts(shown),
      element("p", { class: "done", role: "status" }, note),
    );
    if (note !== "") edit.focus();
  };
  show(profile);

  const line = chart.managers.map(({ id: managerId, name }) =>
    element("li", {}, element("a", { href: `#/people/${managerId}` }, name)),
  );
  return element(
    "section",
    { "aria-label": "Profile" },
    line.length > 0 &&
      element("nav", { "aria-label": "Reporting line" }, element("ol", { class: "line" }, ...line)),
    card,
    chart.reports.length > 0 && element("h2", {}, `Reports (${chart.reports.length})`),
    element(
      "ul",
      { class: "people" },
      ...chart.reports.map((person) =>
        element("li", {}, personLink(person, reportsNote(person.title, person.reports))),
      ),
    ),
  );
}
