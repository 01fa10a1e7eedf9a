import { ask, type Profile } from "./api.ts";
import { element } from "./dom.ts";

/** Asks whether somebody is really to be removed, and does so. @param onKept shows the profile again */
export function drawRemove(profile: Profile, onKept: () => void): HTMLElement {
  const alert = element("p", { class: "problem", role: "alert" });
  const remove = element("button", { type: "button", class: "danger" }, "Remove");
  const keep = element("button", { type: "button", class: "secondary" }, "Keep");
  keep.addEventListener("click", onKept);
  remove.addEventListener("click", async () => {
    alert.textContent = "";
    remove.disabled = true;
    try {
      await ask(`/api/employees/${profile.id}?version=${profile.version}`, "DELETE");
      location.hash = "#/";
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
      remove.disabled = false;
    }
  });
  return element(
    "div",
    { role: "group", "aria-labelledby": "person" },
    element("h1", { id: "person" }, `Remove ${profile.name}?`),
    element("p", {}, "Their sessions end at once, and nothing brings the profile back."),
    alert,
    element("div", { class: "buttons" }, keep, remove),
  );
}
