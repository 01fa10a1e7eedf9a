import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

test("a password belongs to its hash, another does not, and no hash is no password", async () => {
  const hash = await hashPassword("correct horse");
  expect(hash).toMatch(/^scrypt\$16384\$8\$5\$/);
  expect(await verifyPassword("correct horse", hash)).toBe(true);
  expect(await verifyPassword("correct hors", hash)).toBe(false);
  expect(await verifyPassword("", undefined)).toBe(false);
  expect(await hashPassword("correct horse")).not.toBe(hash);
});

test("a hash that is none, or has lost its key, opens nothing", async () => {
  await expect(verifyPassword("x", "plain")).rejects.toThrow("not scrypt");
  expect(await verifyPassword("x", "scrypt$16384$8$5$c2FsdA==$")).toBe(false);
});

test("the same password typed in another Unicode form is the same", async () => {
  expect(await verifyPassword("Zoe\u0308-12345", await hashPassword("Zo\u00eb-12345"))).toBe(true);
});
