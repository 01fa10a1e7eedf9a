import { ask, type Me, type Profile } from "./api.ts";
import { element, field, labelled } from "./dom.ts";
import { LABELS } from "./edit.ts";
import { isAdmin, mayManage, ROLES } from "./roles.ts";

const NOBODY = "";

const choice = (
  label: string,
  name: string,
  options: readonly (readonly [value: string, text: string])[],
): HTMLElement =>
  labelled(
    label,
    element(
      "select",
      { id: `field-${name}`, name },
      ...options.map(([value, text]) => element("option", { value }, text)),
    ),
  );

/** The form to add somebody. @param managerId whom the new person most likely reports to */
export async function drawAdd(me: Me, managerId: string | null): Promise<HTMLElement> {
  const { employee } = me;
  if (!mayManage(employee)) throw new Error("People are added by managers and admins");
  const chosen =
    managerId === null || managerId === employee.id
      ? employee
      : await ask<Profile>(`/api/employees/${managerId}`);
  const managers = new Map([chosen, employee].map(({ id, name }) => [id, name]));
  if (isAdmin(employee)) managers.set(NOBODY, "Nobody");
  const alert = element("p", { class: "problem", role: "alert" });
  const save = element("button", { type: "submit" }, "Add");
  const cancel = element("a", { class: "button secondary", href: "#/" }, "Cancel");
  const form = element(
    "form",
    { class: "card", "aria-labelledby": "title" },
    element("h1", { id: "title" }, "Add a person"),
    ...Object.entries(LABELS).map(([name, label]) =>
      field(label, name, { required: true, type: name === "email" ? "email" : "text", autocomplete: "off" }),
    ),
    choice("Reports to", "managerId", [...managers]),
    isAdmin(employee) &&
      choice(
        "Role",
        "role",
        ROLES.slice(0, ROLES.indexOf(employee.role) + 1).map((role) => [role, role.replace("_", " ")]),
      ),
    field("First password, or nothing for people who do not sign in", "password", {
      type: "password",
      minlength: "12",
      autocomplete: "new-password",
    }),
    alert,
    element("div", { class: "buttons" }, save, cancel),
  );

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.textContent = "";
    save.disabled = true;
    const { password, managerId: manager, ...typed } = Object.fromEntries(new FormData(form));
    try {
      const added = await ask<Profile>("/api/employees", "POST", {
        ...typed,
        managerId: manager === NOBODY ? null : manager,
        ...(password !== "" && { password }),
      });
      location.hash = `#/people/${added.id}`;
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      save.disabled = false;
    }
  });
  return form;
}
