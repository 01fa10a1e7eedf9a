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

const noLongerThere = (): Problem => new Problem("unauthenticated", "You are no longer in this directory");

/** @throws Problem 401 when the person has been removed since they signed in */
export async function loadActor({ query }: Queries, scope: Scope): Promise<Actor> {
  const actor = (
    await query<{ id: string; role: Role; selfService: boolean }>("actor", ACTOR, [scope.employeeId])
  ).rows[0];
  if (!actor) throw noLongerThere();
  return actor;
}

/** The managers above a person, from the one who is named first. */
const lineFrom = (first: string): string => `
  WITH RECURSIVE line AS (
    ${first}
    UNION
    SELECT e.manager_id FROM line JOIN employee e ON e.id = line.id
  )`;

const IN_LINE = "EXISTS (SELECT FROM line WHERE line.id = a.id)";

const ACTOR_ABOVE = `${lineFrom("SELECT $2::uuid AS id")}
  SELECT a.id, a.role, t.self_service AS "selfService", ${IN_LINE} AS "isAbove"
  FROM employee a JOIN tenant t ON t.id = a.tenant_id WHERE a.id = $1`;

/**
 * Who asks, and whether a manager is the actor or stands below: one question, as each is a way to the database and back.
 *
 * @throws Problem 401 when the person has been removed since they signed in
 */
export async function loadActorAbove(
  { query }: Queries,
  scope: Scope,
  managerId: string | null,
): Promise<{ readonly actor: Actor; readonly isAbove: boolean }> {
  const values = [scope.employeeId, managerId];
  const { rows } = await query<Actor & { isAbove: boolean }>("actor_above", ACTOR_ABOVE, values);
  if (!rows[0]) throw noLongerThere();
  const { isAbove, ...actor } = rows[0];
  return { actor, isAbove };
}

// Not FOR UPDATE, which keeps others from naming the person as a manager: two who do so for each other would wait.
const LOCK = `${lineFrom("SELECT manager_id AS id FROM employee WHERE id = $2")}
  SELECT p.role, p.version, ${IN_LINE} AS "isTeam", a.role AS "actorRole", t.self_service AS "selfService"
  FROM employee p CROSS JOIN employee a JOIN tenant t ON t.id = a.tenant_id WHERE p.id = $2 AND a.id = $1
  FOR NO KEY UPDATE OF p`;

interface Locked {
  readonly role: Role;
  readonly version: number;
  readonly isTeam: boolean;
  readonly actorRole: Role;
  readonly selfService: boolean;
}

/**
 * Who asks, and the person to whom something is to be done.
 *
 * @throws Problem 404 when there is nobody with this id in the tenant, 401 when the actor has been removed
 */
export async function lockTarget(
  queries: Queries,
  scope: Scope,
  id: string,
): Promise<{ readonly actor: Actor; readonly target: Target }> {
  const { employeeId } = scope;
  const { rows } = await queries.query<Locked & { [column: string]: unknown }>("employee_lock", LOCK, [
    employeeId,
    id,
  ]);
  if (!rows[0]) {
    await loadActor(queries, scope);
    throw notFound();
  }
  const { role, version, isTeam, actorRole, selfService } = rows[0];
  const relation = id === employeeId ? "self" : isTeam ? "team" : "other";
  return { actor: { id: employeeId, role: actorRole, selfService }, target: { id, role, version, relation } };
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
