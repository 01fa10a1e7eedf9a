export const roles = ["user", "manager", "admin", "super_admin"] as const;

export type Role = (typeof roles)[number];

/** How somebody stands to the person that something is done to; `team` is everybody below in the reporting line. */
export type Relation = "self" | "team" | "other";

const NOBODY: readonly Relation[] = [];
const ONESELF: readonly Relation[] = ["self"];
const ONES_TEAM: readonly Relation[] = ["team"];
const ONESELF_AND_TEAM: readonly Relation[] = ["self", "team"];
const OTHERS: readonly Relation[] = ["team", "other"];
const EVERYBODY: readonly Relation[] = ["self", "team", "other"];

/** Who may do what to whom. What has no person to be done to stands under `other`. */
export const permissions = {
  "employee.read": { user: EVERYBODY, manager: EVERYBODY, admin: EVERYBODY, super_admin: EVERYBODY },
  /** Phone and location. */
  "employee.update_contact": {
    user: ONESELF,
    manager: ONESELF_AND_TEAM,
    admin: EVERYBODY,
    super_admin: EVERYBODY,
  },
  /** Name, e-mail, title, department and manager. */
  "employee.update_position": { user: NOBODY, manager: ONES_TEAM, admin: EVERYBODY, super_admin: EVERYBODY },
  /** The new person counts as team of whoever is, directly or not, their manager. */
  "employee.create": { user: NOBODY, manager: ONES_TEAM, admin: EVERYBODY, super_admin: EVERYBODY },
  "employee.delete": { user: NOBODY, manager: ONES_TEAM, admin: OTHERS, super_admin: OTHERS },
  "employee.assign_role": { user: NOBODY, manager: NOBODY, admin: OTHERS, super_admin: OTHERS },
  "tenant.read": { user: EVERYBODY, manager: EVERYBODY, admin: EVERYBODY, super_admin: EVERYBODY },
  "tenant.update": { user: NOBODY, manager: NOBODY, admin: OTHERS, super_admin: OTHERS },
  "audit.read": { user: NOBODY, manager: NOBODY, admin: OTHERS, super_admin: OTHERS },
  /** Sees and opens tenants beside the own one. */
  "installation.manage": { user: NOBODY, manager: NOBODY, admin: NOBODY, super_admin: OTHERS },
} as const satisfies Record<string, Readonly<Record<Role, readonly Relation[]>>>;

export type Permission = keyof typeof permissions;

/** Whether a role may do something to somebody who stands in this relation. */
export const may = (role: Role, permission: Permission, relation: Relation = "other"): boolean =>
  permissions[permission][role].includes(relation);

/** Whether the first role stands above the second: nobody changes, removes or appoints people above themselves. */
export const isAbove = (role: Role, other: Role): boolean => roles.indexOf(role) > roles.indexOf(other);
