import { ask, type Chart, type Me, type Profile } from "./api.ts";
import { element } from "./dom.ts";
import { drawEdit, fieldsFor } from "./edit.ts";
import { drawPassword } from "./password.ts";
import { personLink } from "./people.ts";
import { drawRemove } from "./remove.ts";
import { mayManage } from "./roles.ts";

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

  const isMe = id === me.employee.id;
  const leads = mayManage(me.employee);

  /** A button that puts a form in the card's place. */
  const opener = (text: string, draw: () => HTMLElement): HTMLElement => {
    const button = element("button", { type: "button", class: "secondary" }, text);
    button.addEventListener("click", () => {
      card.replaceChildren(draw());
      card.querySelector<HTMLElement>("input, button")?.focus();
    });
    return button;
  };

  const show = (shown: Profile, note = ""): void => {
    const isEditable = fieldsFor(me.employee, shown).length > 0;
    const edit = opener("Edit", () => drawEdit(shown, me.employee, show));
    const actions = element(
      "div",
      { class: "buttons" },
      isEditable && edit,
      isMe && opener("Password", () => drawPassword((done) => show(shown, done))),
      leads && element("a", { class: "button secondary", href: `#/add?manager=${id}` }, "Add a report"),
      leads && !isMe && opener("Remove", () => drawRemove(shown, () => show(shown))),
    );
    card.replaceChildren(
      element("h1", { id: "person" }, shown.name),
      element("p", {}, shown.title),
      facts(shown),
      actions,
      element("p", { class: "done", role: "status" }, note),
    );
    if (note !== "") actions.querySelector<HTMLElement>("button, a")?.focus();
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
