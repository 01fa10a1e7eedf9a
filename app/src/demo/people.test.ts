import { expect, test } from "vitest";
import { createDemoTenants } from "./people.ts";

const tenants = createDemoTenants();
const everybody = tenants.flatMap(({ employees }) => employees);

test("the same seed gives the same people, another seed others", () => {
  expect(createDemoTenants()).toEqual(tenants);
  expect(createDemoTenants(2)[0]?.employees[0]?.id).not.toBe(tenants[0]?.employees[0]?.id);
});

test("there are three tenants of different sizes with at least 2,400 people", () => {
  expect(tenants.map(({ slug, employees }) => [slug, employees.length])).toEqual([
    ["northlight", 1_480],
    ["tidewater", 760],
    ["copperleaf", 240],
  ]);
});

test("ids and e-mail addresses are unique and well-formed, names keep their accents", () => {
  expect(new Set(everybody.map(({ id }) => id)).size).toBe(everybody.length);
  expect(new Set(everybody.map(({ email }) => email)).size).toBe(everybody.length);
  for (const { id, email } of everybody) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(email).toMatch(/^[a-z]{2,}\.[a-z]{2,}\d*@(northlight|tidewater|copperleaf)\.example$/);
  }
  expect(everybody.some(({ name }) => /\p{Diacritic}|[øłÖ]/u.test(name.normalize("NFD")))).toBe(true);
});

test("everybody but the head has a manager of the same tenant who came before, with a team of a human size", () => {
  for (const { employees } of tenants) {
    const seen = new Set<string>();
    const reports = new Map<string, number>();
    for (const { id, managerId } of employees) {
      if (managerId === null) expect(seen.size).toBe(0);
      else {
        expect(seen.has(managerId)).toBe(true);
        reports.set(managerId, (reports.get(managerId) ?? 0) + 1);
      }
      seen.add(id);
    }
    expect(Math.max(...reports.values())).toBeLessThan(70);
  }
});
