import type { Queries } from "@watchkeeper/exporters/database";
import type { Scope } from "../database.ts";
import { notFound, Problem } from "../problem.ts";
import { isAbove, may, type Permission, type Relation, type Role } from "../role.ts";

/** Who asks, and the tenant's settings that decide with the role. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly selfService: boolean;
}

/** The person that something is to be done to, locked until the transaction ends. */
export interface Target {
  readonly id: string;
  readonly role: Role;
  readonly version: number;
  readonly relation: Relation;
}

const ACTOR = `SELECT e.id, e.role, t.self_service AS "selfService" FROM employee e JOIN tenant t ON t.id = e.tenant_id
  WHERE e.id = $1`;

/** @throws Problem 401 when the person has been removed since they signed in */
export async function loadActor({ query }: Queries, scope: Scope): Promise<Actor> {
  const actor = (
    await query<{ id: string; role: Role; selfService: boolean }>("actor", ACTOR, [scope.employeeId])
  ).rows[0];
  if (!actor) throw new Problem("unauthenticated", "You are no longer in this directory");
  return actor;
}

const LINE = `
  WITH RECURSIVE line AS (
    SELECT manager_id AS id FROM employee WHERE id = $1
    UNION
    SELECT e.manager_id FROM line JOIN employee e ON e.id = line.id
  )
  SELECT EXISTS (SELECT FROM line WHERE id = $2) AS "isTeam"`;

/** How the actor stands to a person, by the reporting line. */
export async function relationTo({ query }: Queries, actor: Actor, id: string): Promise<Relation> {
  if (id === actor.id) return "self";
  const { rows } = await query<{ isTeam: boolean }>("employee_relation", LINE, [id, actor.id]);
  return rows[0]?.isTeam ? "team" : "other";
}

/** @throws Problem 404 when there is nobody with this id in the tenant */
export async function lockTarget(queries: Queries, actor: Actor, id: string): Promise<Target> {
  const { rows } = await queries.query<{ id: string; role: Role; version: number }>(
    "employee_lock",
    // Not FOR UPDATE, which keeps others from naming the person as a manager: two who do so for each other would wait.
    "SELECT id, role, version FROM employee WHERE id = $1 FOR NO KEY UPDATE",
    [id],
  );
  if (!rows[0]) throw notFound();
  return { ...rows[0], relation: await relationTo(queries, actor, id) };
}

const NEEDS: Readonly<Record<Permission, string>> = {
  "employee.read": "People of this company may see this",
  "employee.update_contact": "Phone and location are changed by oneself, a manager above or an admin",
  "employee.update_position":
    "Name, e-mail, title, department and manager are changed by a manager above or an admin",
  "employee.create": "People are added by a manager, below themselves, or by an admin",
  "employee.delete": "People are removed by a manager above or an admin, and never by themselves",
  "employee.assign_role": "Roles are given by an admin, up to the own one and never to oneself",
  "tenant.read": "People of this company may see this",
  "tenant.update": "Only an admin may change the company's settings",
  "audit.read": "Only an admin may read the audit log",
  "installation.manage": "Only a super admin may do this",
};

/** @throws Problem 403 that says who may */
export function requirePermission(actor: Actor, permission: Permission, relation?: Relation): void {
  const isOff = permission === "employee.update_contact" && relation === "self" && !actor.selfService;
  const isAdmin = !isAbove("admin", actor.role);
  if (!may(actor.role, permission, relation) || (isOff && !isAdmin)) {
    throw new Problem("forbidden", NEEDS[permission]);
  }
}

/** @throws Problem 403 when the actor may not do this to the person, or the person stands above the actor */
export function requirePermissionOn(actor: Actor, permission: Permission, target: Target): void {
  requirePermission(actor, permission, target.relation);
  if (isAbove(target.role, actor.role))
    throw new Problem("forbidden", "This person has a higher role than you");
}
