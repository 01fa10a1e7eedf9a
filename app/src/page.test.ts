import { launchBrowser } from "@watchkeeper/testing/browser";
import { createTestRedis } from "@watchkeeper/testing/redis";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadPage } from "./routes/home.ts";
import { DEMO_PASSWORD, startTestApp, type TestApp } from "./test-app.ts";
import { asOwner, createDirectoryDatabase, type DirectoryDatabase } from "./test-database.ts";

let database: DirectoryDatabase;
let app: TestApp;
let browser: Browser;
let page: Page;
/** What the browser complained about, but for answers that the page itself shows. */
let complaints: string[];

const people = () => app.tenants[2]?.employees ?? [];
const personOf = (role: string) => {
  const person = people().findLast((one) => one.role === role);
  if (!person) throw new Error(`the demo data lacks a ${role}`);
  return person;
};

beforeAll(async () => {
  database = await createDirectoryDatabase();
  const redis = await createTestRedis();
  app = await startTestApp({ database, redisUrl: redis.url, page: await loadPage() });
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await database?.drop();
});
beforeEach(async () => {
  complaints = [];
  const context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4"))
      complaints.push(message.text());
  });
  await page.goto(app.url);
  return async () => {
    await context.close();
    expect(complaints).toEqual([]);
  };
});

async function signIn(email: string, password = DEMO_PASSWORD): Promise<void> {
  await page.getByLabel("Company", { exact: true }).fill("copperleaf");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

test("a person signs in, finds a colleague, and signs out, with the keyboard alone", async () => {
  const me = personOf("user");
  const sought = personOf("manager");
  await page.getByLabel("Password").waitFor();
  expect(await page.evaluate("document.activeElement.name")).toBe("tenant");
  for (const text of ["copperleaf", me.email, DEMO_PASSWORD]) {
    await page.keyboard.type(text);
    if (text !== DEMO_PASSWORD) await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.type(sought.name);
  const found = page.getByRole("link", { name: sought.name });
  await page.getByText("person", { exact: false }).first().waitFor();
  await found.first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: sought.name }).waitFor();
  expect(await page.getByRole("link", { name: sought.email }).getAttribute("href")).toBe(
    `mailto:${sought.email}`,
  );
  expect(await page.getByRole("button", { name: "Edit" }).count(), "not one's own to change").toBe(0);
  await page.goBack();
  expect(await page.getByRole("searchbox").inputValue()).toBe(sought.name);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Password").waitFor();
  await page.reload();
  await page.getByLabel("Password").waitFor();
});

test("a wrong password is said, and typing errors in a search are forgiven", async () => {
  const { email } = personOf("user");
  await signIn(email, "wrong");
  expect(await page.getByRole("alert").textContent()).toBe("");
  await page.getByText("Tenant, e-mail or password is wrong").waitFor();
  await signIn(email);
  const sought = people().find(({ name }) => /^[A-Z][a-z]{5,} [A-Z][a-z]{6,}$/.test(name));
  if (!sought) throw new Error("the demo data lacks a plain name");
  await page.getByRole("searchbox").fill(`${sought.name}x`);
  await page.getByText("much like it").waitFor();
  await page.getByRole("link", { name: sought.name }).first().waitFor();
});

test("pages go on until everybody is shown", async () => {
  await signIn(personOf("user").email);
  const rows = page.getByRole("list", { name: "People" }).getByRole("link");
  await page.getByText("20 people and more").waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("40 people and more").waitFor();
  expect(await rows.count()).toBe(40);
});

test("a change is saved; one that somebody else was faster with is told, and kept by saving again", async () => {
  const me = personOf("user");
  await signIn(me.email);
  await page.getByRole("link", { name: me.name }).first().click();
  await page.getByRole("button", { name: "Edit" }).click();
  expect(await page.getByRole("textbox").count(), "phone and location alone").toBe(2);
  await page.getByLabel("Phone").fill("+1 555 0199");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  expect(await page.getByText("+1 555 0199").count()).toBe(1);

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Phone").fill("mine");
  const admin = people()[0];
  const token = await app.logIn(admin?.email ?? "");
  const { version } = (await app.ask(`/api/employees/${me.id}`, { token })).body;
  const json = { version, phone: "theirs", location: "Atlantis" };
  expect((await app.ask(`/api/employees/${me.id}`, { method: "PATCH", token, json })).status).toBe(200);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(`Phone is now “theirs” (by ${admin?.name})`, { exact: false }).waitFor();
  expect(await page.getByLabel("Location").inputValue()).toBe("Atlantis");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  const [row] = await asOwner(database, "SELECT phone, location FROM employee WHERE id = $1", [me.id]);
  expect(row).toEqual({ phone: "mine", location: "Atlantis" });
});

test("a manager adds somebody, who signs in, chooses a password and is removed again", {
  timeout: 60_000,
}, async () => {
  const manager = personOf("manager");
  await signIn(manager.email);
  await page.getByRole("link", { name: "Add a person" }).click();
  const email = "new.person@copperleaf.example";
  const first = "the first password";
  for (const [label, text] of [
    ["Name", "New Person"],
    ["E-mail", manager.email],
    ["Title", "Trainee"],
    ["Department", "Engineering"],
    ["Location", "Lyon"],
    ["Phone", "+1 555 0100"],
    ["First password", first],
  ] as const)
    await page.getByLabel(label).fill(text);
  expect(await page.getByLabel("Role").count(), "roles are the admins'").toBe(0);
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("Somebody has this e-mail address already").waitFor();
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name: "New Person" }).waitFor();
  expect(await page.getByRole("definition").getByRole("link", { name: manager.name }).count()).toBe(1);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Password").waitFor();
  await signIn(email, first);
  await page.getByRole("link", { name: "New Person" }).first().click();
  await page.getByRole("button", { name: "Password" }).click();
  const change = async (current: string, wanted: string, again = wanted): Promise<void> => {
    await page.getByLabel("Current password").fill(current);
    await page.getByLabel("New password, at least").fill(wanted);
    await page.getByLabel("New password again").fill(again);
    await page.keyboard.press("Enter");
  };
  await change(first, "the second password", "the second passwort");
  await page.getByText("The two new passwords differ").waitFor();
  await change("wrong", "the second password");
  await page.getByText("The current password is another").waitFor();
  await change(first, "the second password");
  await page.getByText("Your password is changed").waitFor();
  expect(await page.getByRole("button", { name: "Remove" }).count(), "never oneself").toBe(0);
  await page.reload();
  await page.getByRole("heading", { name: "New Person" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Password").waitFor();
  await signIn(manager.email);
  await page.getByRole("searchbox").fill("New Person");
  await page.getByRole("link", { name: "New Person" }).first().click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("heading", { name: "Remove New Person?" }).waitFor();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("searchbox").waitFor();
  expect(await asOwner(database, "SELECT id FROM employee WHERE email = $1", [email])).toEqual([]);
});

test("whom people report to is not removed, and why is said; an admin gives a role to whom they add", async () => {
  await signIn(people()[0]?.email ?? "");
  const manager = personOf("manager");
  await page.getByRole("searchbox").waitFor();
  await page.goto(`${app.url}/#/people/${manager.id}`);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("another manager first").waitFor();
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("link", { name: "Add a report" }).click();
  expect(await page.getByLabel("Reports to").inputValue()).toBe(manager.id);
  expect(await page.getByLabel("Role").getByRole("option").allTextContents()).toContain("admin");
});

test("a name that is a script is shown as text", async () => {
  const evil = `<img src=x onerror="document.title='owned'">`;
  await asOwner(database, "UPDATE employee SET name = $1 WHERE id = $2", [evil, people()[3]?.id]);
  await signIn(personOf("user").email);
  await page.getByRole("searchbox").fill("onerror");
  await page.getByText(evil).first().waitFor();
  expect(await page.title()).toBe("Company Directory");
});

test("on a phone nothing is cut off, in the light and in the dark, and every field has a name", async () => {
  await page.setViewportSize({ width: 360, height: 700 });
  await signIn(personOf("manager").email);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const hash of ["#/", `#/people/${people()[0]?.id}`, "#/add"]) {
      await page.goto(`${app.url}/${hash}`);
      const drawn =
        hash === "#/add" ? page.getByLabel("Reports to") : page.getByRole("link", { name: /./ }).nth(3);
      await drawn.waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      const nameless = await page.evaluate(
        "[...document.querySelectorAll('input, select')].filter(({ labels }) => labels.length === 0).length",
      );
      expect(nameless).toBe(0);
    }
  }
});
