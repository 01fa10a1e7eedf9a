import { expect, test } from "vitest";
import { isAbove, may, type Permission, permissions, type Relation, roles } from "./role.ts";

const RELATIONS: readonly Relation[] = ["self", "team", "other"];

/** The whole table once more, written by hand: `-` nobody, `s` oneself, `t` the own team, `o` others. */
const EXPECTED: Readonly<
  Record<Permission, readonly [user: string, manager: string, admin: string, superAdmin: string]>
> = {
  "employee.read": ["sto", "sto", "sto", "sto"],
  "employee.update_contact": ["s", "st", "sto", "sto"],
  "employee.update_position": ["-", "t", "sto", "sto"],
  "employee.create": ["-", "t", "sto", "sto"],
  "employee.delete": ["-", "t", "to", "to"],
  "employee.assign_role": ["-", "-", "to", "to"],
  "tenant.read": ["sto", "sto", "sto", "sto"],
  "tenant.update": ["-", "-", "to", "to"],
  "audit.read": ["-", "-", "to", "to"],
  "installation.manage": ["-", "-", "-", "to"],
};

test.each(Object.entries(EXPECTED))("%s is for whom the table says", (permission, expected) => {
  roles.forEach((role, i) => {
    for (const relation of RELATIONS) {
      const allowed = expected[i]?.includes(relation.charAt(0)) ?? false;
      expect(may(role, permission as Permission, relation), `${role} to ${relation}`).toBe(allowed);
    }
  });
});

test("a higher role may everything that a lower one may, but for appointing and removing oneself", () => {
  for (const permission of Object.keys(permissions) as Permission[]) {
    roles.slice(1).forEach((role, i) => {
      const lower = roles[i];
      if (!lower) return;
      for (const relation of permissions[permission][lower])
        expect(may(role, permission, relation)).toBe(true);
    });
  }
});

test("nobody stands above themselves, and super admins above all others", () => {
  for (const role of roles) {
    expect(isAbove(role, role)).toBe(false);
    expect(isAbove("super_admin", role)).toBe(role !== "super_admin");
  }
});
