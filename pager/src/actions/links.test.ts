import { randomUUID } from "node:crypto";
import { launchBrowser } from "@watchkeeper/testing/browser";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECRETS } from "../test-bed.ts";
import { type Grant, openGrant, sealGrant } from "./grant.ts";
import { type ActionBed, createActionBed } from "./test-actions.ts";

const NOW = Date.parse("2026-03-01T09:00:00Z");
const grantOf = (changes: Partial<Grant> = {}): Grant => ({
  action: "acknowledge",
  incidentId: randomUUID(),
  deliveryId: randomUUID(),
  person: "ada",
  expiresAtMs: NOW + 1_000,
  ...changes,
});

describe("a grant", () => {
  test("comes back as it was sealed, until it expires", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.uuid(),
        fc.string({ unit: "grapheme", maxLength: 40 }),
        (incidentId, deliveryId, name) => {
          const grant = grantOf({ incidentId, deliveryId, person: name === "" ? null : name });
          const token = sealGrant("secret", grant);
          expect(openGrant("secret", token, NOW)).toEqual({ valid: true, grant });
          expect(openGrant("secret", token, NOW + 1_000)).toMatchObject({ valid: false, reason: "expired" });
          expect(openGrant("other", token, NOW)).toEqual({ valid: false, reason: "not-ours" });
        },
      ),
      { numRuns: 50 },
    );
  });

  test("is not ours after any change, however small", () => {
    const token = sealGrant("secret", grantOf());
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(..."AZaz09-_=/."), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        fc.pre(changed !== token);
        expect(openGrant("secret", changed, NOW)).toEqual({ valid: false, reason: "not-ours" });
      }),
    );
    for (const text of ["", "x", "A".repeat(200), "%00", token.slice(1), `${token}A`, "é".repeat(60)]) {
      expect(openGrant("secret", text, NOW)).toEqual({ valid: false, reason: "not-ours" });
    }
  });
});

describe("a link of a mail", () => {
  let bed: ActionBed;
  beforeAll(async () => {
    bed = await createActionBed();
  });
  afterAll(() => bed.close());

  /** The link of the newest mail that says this. */
  const linkOf = async (label: string): Promise<string> => {
    const [mail] = await bed.received("email");
    return new RegExp(`^${label}: (\\S+)$`, "m").exec(String(mail?.content.text))?.[1] ?? "";
  };
  const open = async (link: string, method = "GET"): Promise<{ status: number; text: string }> => {
    const answer = await fetch(link, { method });
    return { status: answer.status, text: await answer.text() };
  };

  test("opens a page that asks; reading it, however often, changes nothing", async () => {
    await bed.open();
    const link = await linkOf("Acknowledge");
    for (const method of ["GET", "GET", "HEAD"]) expect((await open(link, method)).status).toBe(200);
    expect((await open(link)).text).toContain('<button type="submit">Acknowledge</button>');
    expect(await bed.incident()).toMatchObject({ state: "triggered" });
  });

  test("works once: pressed by a person it acts, afterwards it says that it has been used", async () => {
    await bed.open();
    const link = await linkOf("Acknowledge");
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(link);
      await page.getByRole("button", { name: "Acknowledge" }).click();
      await page
        .getByRole("heading", { name: `Incident #${(await bed.incident()).number} is acknowledged.` })
        .waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(await bed.incident()).toMatchObject({ state: "acknowledged" });
    for (const method of ["GET", "POST"]) {
      const again = await open(link, method);
      expect(again.status).toBe(410);
      expect(again.text).toContain("This link has been used");
      expect(again.text).not.toContain("<button");
    }
    const done = (await bed.timeline()).filter((line) => line.startsWith("email acknowledged"));
    expect(done).toHaveLength(1);
  });

  test("pressed twice at once acts once", async () => {
    await bed.open();
    const link = await linkOf("Acknowledge");
    const answers = await Promise.all([open(link, "POST"), open(link, "POST")]);
    expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 410)).toBe(
      true,
    );
    const done = (await bed.timeline()).filter((line) => line.startsWith("email acknowledged"));
    expect(done).toHaveLength(1);
  });

  test("says who and what it is for, and what is not possible any more", async () => {
    const incidentId = await bed.open();
    const seal = (changes: Partial<Grant>): string =>
      `${bed.url}/actions/links/${sealGrant(SECRETS.action, grantOf({ incidentId, expiresAtMs: bed.clock.now() + 60_000, ...changes }))}`;
    expect((await open(seal({ person: "ada<b>", action: "snooze" }))).text).toContain(
      "Snooze for 60 minutes as ada&lt;b&gt;",
    );
    expect((await open(seal({ action: "resolve" }), "POST")).text).toMatch(/Incident #\d+ is resolved\./);
    const late = await open(seal({ action: "acknowledge" }), "POST");
    expect(late).toMatchObject({ status: 409, text: expect.stringContaining("The incident is over.") });
    const gone = await open(seal({ incidentId: randomUUID() }));
    expect(gone).toMatchObject({ status: 404, text: expect.stringContaining("There is no such incident") });
  });

  test("expired, forged, of a call or cut short it is a page that says so", async () => {
    const incidentId = await bed.open();
    const seal = (secret: string, changes: Partial<Grant>): string =>
      `${bed.url}/actions/links/${sealGrant(secret, grantOf({ incidentId, ...changes }))}`;
    const future = bed.clock.now() + 60_000;
    for (const [link, status, text] of [
      [seal(SECRETS.action, { expiresAtMs: bed.clock.now() - 1 }), 410, "This link has expired"],
      [seal("forged", { expiresAtMs: future }), 404, "This link is not ours"],
      [seal(SECRETS.action, { expiresAtMs: future, action: "call" }), 404, "This link is not ours"],
      [`${bed.url}/actions/links/${"A".repeat(5_000)}`, 404, "This link is not ours"],
    ] as const) {
      for (const method of ["GET", "POST"]) {
        expect(await open(link, method)).toMatchObject({ status, text: expect.stringContaining(text) });
      }
    }
    expect(await bed.incident()).toMatchObject({ state: "triggered" });
  });

  test("leaves no trace elsewhere: no referrer, no frame, no script, no cache", async () => {
    await bed.open();
    const { headers } = await fetch(await linkOf("Resolve"));
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(bed.logLines.join("\n")).not.toContain("/actions/links/");
  });

  test("with the database away it is an error that asks to try again", async () => {
    await bed.open();
    const link = await linkOf("Acknowledge");
    bed.setDatabaseAway(true);
    expect(await open(link, "POST")).toMatchObject({
      status: 503,
      text: expect.stringContaining("try again"),
    });
    bed.setDatabaseAway(false);
    expect(await open(link, "POST")).toMatchObject({ status: 200 });
  });
});
