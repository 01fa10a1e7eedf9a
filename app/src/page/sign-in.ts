import { ask, Refusal } from "./api.ts";
import { element, field } from "./dom.ts";

/** The form to sign in with. @param onSignedIn called when it has worked */
export function drawSignIn(onSignedIn: () => void): HTMLElement {
  const alert = element("p", { class: "problem", role: "alert" });
  const button = element("button", { type: "submit" }, "Sign in");
  const form = element(
    "form",
    { class: "card sign-in", "aria-labelledby": "title" },
    element("h1", { id: "title" }, "Company Directory"),
    element("p", { class: "quiet" }, "Who works where, in your company."),
    field("Company", "tenant", {
      required: true,
      autocomplete: "organization",
      autocapitalize: "none",
      placeholder: "northlight",
    }),
    field("E-mail", "email", { type: "email", required: true, autocomplete: "username" }),
    field("Password", "password", { type: "password", required: true, autocomplete: "current-password" }),
    alert,
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.textContent = "";
    button.disabled = true;
    try {
      await ask("/api/login", "POST", Object.fromEntries(new FormData(form)));
      onSignedIn();
    } catch (error) {
      alert.textContent = error instanceof Refusal ? error.message : String(error);
      form.querySelector<HTMLInputElement>("[name=password]")?.select();
    } finally {
      button.disabled = false;
    }
  });
  return form;
}
