import { drawAdd } from "./add.ts";
import { ask, type Me, Refusal } from "./api.ts";
import { element, required } from "./dom.ts";
import { drawPeople } from "./people.ts";
import { drawProfile } from "./profile.ts";
import { mayManage } from "./roles.ts";
import { drawSignIn } from "./sign-in.ts";

const main = required("main");
const account = required("account");

let me: Me | undefined;
/** Answers to an address that somebody has left already are not drawn. */
let drawing = 0;

function drawAccount(): void {
  if (!me) {
    account.replaceChildren();
    return;
  }
  const signOut = element("button", { type: "button", class: "secondary" }, "Sign out");
  signOut.addEventListener("click", async () => {
    await ask("/api/logout", "POST").catch(() => undefined);
    me = undefined;
    location.hash = "#/";
    void draw();
  });
  account.replaceChildren(
    element("span", { class: "company" }, me.tenant.name),
    element("a", { href: `#/people/${me.employee.id}` }, me.employee.name),
    signOut,
  );
}

function drawProblem(error: unknown): void {
  if (error instanceof Refusal && error.status === 401) {
    me = undefined;
    void draw();
    return;
  }
  const text = error instanceof Error ? error.message : String(error);
  const retry = element("button", { type: "button" }, "Try again");
  retry.addEventListener("click", () => void draw());
  main.replaceChildren(element("div", { class: "card" }, element("p", { role: "alert" }, text), retry));
}

async function view(): Promise<HTMLElement> {
  if (!me) {
    try {
      me = await ask<Me>("/api/me");
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      return drawSignIn(() => void draw());
    } finally {
      drawAccount();
    }
  }
  const [path = "", query] = location.hash.slice(1).split("?");
  const person = /^\/people\/([\w-]+)$/.exec(path)?.[1];
  if (person !== undefined) return drawProfile(person, me);
  const parameters = new URLSearchParams(query);
  if (path === "/add") return drawAdd(me, parameters.get("manager"));
  return drawPeople(parameters.get("q") ?? "", mayManage(me.employee), drawProblem);
}

async function draw(): Promise<void> {
  const mine = ++drawing;
  try {
    const drawn = await view();
    if (mine !== drawing) return;
    main.replaceChildren(drawn);
    // Where the keyboard goes on: the first thing to type into, else the new content.
    const first = main.querySelector<HTMLElement>("input:not([hidden])");
    (first ?? main).focus({ preventScroll: first === null });
    scrollTo(0, 0);
  } catch (error) {
    if (mine === drawing) drawProblem(error);
  }
}

/** Draws what the address says, now and whenever it changes. */
export function startDirectory(): void {
  addEventListener("hashchange", () => void draw());
  void draw();
}
