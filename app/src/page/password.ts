import { ask } from "./api.ts";
import { element, field } from "./dom.ts";

const MIN_LENGTH = "12";

/** The form to change the own password. @param onDone shows the profile again, with what became of it */
export function drawPassword(onDone: (note?: string) => void): HTMLElement {
  const alert = element("p", { class: "problem", role: "alert" });
  const save = element("button", { type: "submit" }, "Change password");
  const cancel = element("button", { type: "button", class: "secondary" }, "Cancel");
  const fresh = { type: "password", required: true, minlength: MIN_LENGTH, autocomplete: "new-password" };
  const form = element(
    "form",
    { "aria-labelledby": "person" },
    element("h1", { id: "person" }, "Change your password"),
    element("p", { class: "quiet" }, "Wherever else you are signed in, you will be signed out."),
    field("Current password", "currentPassword", {
      type: "password",
      required: true,
      autocomplete: "current-password",
    }),
    field(`New password, at least ${MIN_LENGTH} characters`, "newPassword", fresh),
    field("New password again", "again", fresh),
    alert,
    element("div", { class: "buttons" }, save, cancel),
  );

  cancel.addEventListener("click", () => onDone());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onDone();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { again, ...typed } = Object.fromEntries(new FormData(form));
    alert.textContent = "";
    if (again !== typed.newPassword) {
      alert.textContent = "The two new passwords differ";
      return;
    }
    save.disabled = true;
    try {
      await ask("/api/me/password", "POST", typed);
      onDone("Your password is changed");
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      save.disabled = false;
    }
  });
  return form;
}
