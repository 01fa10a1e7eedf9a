import { ask, type Profile, Refusal } from "./api.ts";
import { element, field } from "./dom.ts";
import { isAdmin, mayManage } from "./roles.ts";

export const LABELS = {
  name: "Name",
  email: "E-mail",
  title: "Title",
  department: "Department",
  location: "Location",
  phone: "Phone",
} as const;

type Field = keyof typeof LABELS;

const isField = (name: string): name is Field => name in LABELS;

/** What is worth offering; the directory itself decides who may. */
export function fieldsFor(me: Profile, profile: Profile): readonly Field[] {
  if (isAdmin(me) || (mayManage(me) && me.id !== profile.id)) return Object.keys(LABELS) as Field[];
  return me.id === profile.id ? ["location", "phone"] : [];
}

/** The form to change a profile. @param onDone shows the profile again, with what became of it */
export function drawEdit(
  profile: Profile,
  me: Profile,
  onDone: (profile: Profile, note?: string) => void,
): HTMLElement {
  let seen = profile;
  const fields = fieldsFor(me, profile);
  const alert = element("p", { class: "problem", role: "alert" });
  const save = element("button", { type: "submit" }, "Save");
  const cancel = element("button", { type: "button", class: "secondary" }, "Cancel");
  const form = element(
    "form",
    { "aria-labelledby": "person" },
    element("h1", { id: "person" }, `Edit ${profile.name}`),
    ...fields.map((name) =>
      field(LABELS[name], name, {
        required: true,
        value: profile[name],
        type: name === "email" ? "email" : "text",
      }),
    ),
    alert,
    element("div", { class: "buttons" }, save, cancel),
  );

  /** Takes over what others changed, and keeps what was typed here. */
  async function meet(conflict: Refusal): Promise<void> {
    const before = seen;
    seen = await ask<Profile>(`/api/employees/${profile.id}`);
    for (const name of fields) {
      const input = form.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (input && input.value === before[name]) input.value = seen[name];
    }
    const told = conflict.changes.map(
      ({ field: name, to, by }) =>
        `${isField(name) ? LABELS[name] : name} is now “${String(to)}”${by === null ? "" : ` (by ${by})`}`,
    );
    alert.textContent = `Somebody was faster: ${told.join("; ")}. Save again to keep what you typed.`;
  }

  cancel.addEventListener("click", () => onDone(seen));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onDone(seen);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.textContent = "";
    const typed = new FormData(form);
    const changed = fields.filter((name) => typed.get(name) !== seen[name]);
    if (changed.length === 0) return onDone(seen);
    const change = Object.fromEntries(changed.map((name) => [name, typed.get(name)]));
    save.disabled = true;
    try {
      onDone(
        await ask<Profile>(`/api/employees/${profile.id}`, "PATCH", { version: seen.version, ...change }),
        "Saved",
      );
    } catch (error) {
      if (error instanceof Refusal && error.code === "version_conflict")
        await meet(error).catch(() => undefined);
      else alert.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      save.disabled = false;
    }
  });
  return form;
}
