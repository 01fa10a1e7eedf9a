import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Database, Scope } from "../database.ts";
import { Problem } from "../problem.ts";
import { isAbove, type Role } from "../role.ts";
import { type Actor, loadActorAbove, lockTarget, requirePermission, requirePermissionOn } from "./access.ts";
import { requireCurrent } from "./conflict.ts";
import type { EmployeeProfile } from "./model.ts";
import { PROFILE_COLUMNS, type ProfileRow, profileOf } from "./read.ts";

export interface NewEmployee {
  readonly name: string;
  readonly email: string;
  readonly title: string;
  readonly department: string;
  readonly location: string;
  readonly phone: string;
  readonly managerId: string | null;
  readonly role: Role;
  /** Absent for people who may not sign in. */
  readonly passwordHash: string | undefined;
}

/** What may be changed; what is absent stays. */
export interface EmployeeChange {
  readonly version: number;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly title?: string | undefined;
  readonly department?: string | undefined;
  readonly location?: string | undefined;
  readonly phone?: string | undefined;
  readonly managerId?: string | null | undefined;
  readonly role?: Role | undefined;
}

type Field = Exclude<keyof EmployeeChange, "version">;

const COLUMNS: Readonly<Record<Field, string>> = {
  name: "name",
  email: "email",
  title: "title",
  department: "department",
  location: "location",
  phone: "phone",
  managerId: "manager_id",
  role: "role",
};

const CONTACT_FIELDS: ReadonlySet<Field> = new Set(["phone", "location"]);

/** What the schema refuses, as the client can mend it. */
const CONSTRAINTS: Readonly<Record<string, () => Problem>> = {
  employee_tenant_id_email_key: () => new Problem("duplicate_email"),
  employee_reporting_cycle: () =>
    new Problem("reporting_cycle", "The manager reports, directly or not, to this person"),
  employee_tenant_id_manager_id_fkey: () =>
    new Problem("unknown_manager", "Nobody in this company has the id that managerId names"),
};

const REMOVE = "DELETE FROM employee WHERE id = $1";

const INSERT = `
  INSERT INTO employee AS e (id, tenant_id, name, email, title, department, location, phone, manager_id, role, password_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${PROFILE_COLUMNS}`;

function explainRefusal(error: unknown): never {
  const constraint = error instanceof pg.DatabaseError ? error.constraint : undefined;
  throw (constraint === undefined ? undefined : CONSTRAINTS[constraint]?.()) ?? error;
}

function onlyProfileOf([row]: readonly ProfileRow[]): EmployeeProfile {
  if (!row) throw new Error("Cannot show a profile as the database changed none");
  return profileOf(row);
}

/** Changes to the people of a tenant. Whoever may not is answered with 403, whoever comes late with 409. */
export interface EmployeeWriter {
  create(scope: Scope, employee: NewEmployee): Promise<EmployeeProfile>;
  /** @returns the profile, and ids of those in whose profiles the person's changed name is shown */
  update(
    scope: Scope,
    id: string,
    change: EmployeeChange,
  ): Promise<{ readonly profile: EmployeeProfile; readonly affected: readonly string[] }>;
  remove(scope: Scope, id: string, version: number): Promise<void>;
  /** @throws Problem unless `remove` would succeed at this moment */
  requireRemovable(scope: Scope, id: string, version: number): Promise<void>;
}

export function createEmployeeWriter(database: Database): EmployeeWriter {
  const requireRole = (actor: Actor, role: Role): void => {
    if (isAbove(role, actor.role)) throw new Problem("forbidden", "Nobody gives a role above the own one");
  };

  const lockForRemoval = async (
    queries: Parameters<Parameters<Database["inTenant"]>[1]>[0],
    scope: Scope,
    id: string,
    version: number,
  ): Promise<void> => {
    const { actor, target } = await lockTarget(queries, scope, id);
    requirePermissionOn(actor, "employee.delete", target);
    await requireCurrent(queries, target, version);
    const { rows } = await queries.query<{ count: number }>(
      "employee_count_reports",
      "SELECT count(*)::int FROM employee WHERE tenant_id = $1 AND manager_id = $2",
      [scope.tenantId, id],
    );
    const reports = rows[0]?.count ?? 0;
    if (reports > 0) {
      throw new Problem(
        "has_reports",
        `Give the people who report to this person (${reports}) another manager first`,
        {
          members: { reports },
        },
      );
    }
  };

  return {
    create: (scope, employee) =>
      database.inTenant(scope, async (queries) => {
        const { managerId } = employee;
        const { actor, isAbove: leads } = await loadActorAbove(queries, scope, managerId);
        requirePermission(actor, "employee.create", leads ? "team" : "other");
        if (employee.role !== "user") requirePermission(actor, "employee.assign_role", "other");
        requireRole(actor, employee.role);
        const id = randomUUID();
        const { name, email, title, department, location, phone, role, passwordHash } = employee;
        const { rows } = await queries
          .query<ProfileRow>("employee_create", INSERT, [
            id,
            scope.tenantId,
            name,
            email,
            title,
            department,
            location,
            phone,
            managerId,
            role,
            passwordHash,
          ])
          .catch(explainRefusal);
        return onlyProfileOf(rows);
      }),

    update: (scope, id, { version, ...change }) =>
      database.inTenant(scope, async (queries) => {
        const { actor, target } = await lockTarget(queries, scope, id);
        const fields = (Object.keys(COLUMNS) as Field[]).filter((field) => change[field] !== undefined);
        const positions = fields.filter((field) => field !== "role" && !CONTACT_FIELDS.has(field));
        if (fields.some((field) => CONTACT_FIELDS.has(field))) {
          requirePermissionOn(actor, "employee.update_contact", target);
        }
        if (positions.length > 0) requirePermissionOn(actor, "employee.update_position", target);
        if (change.role !== undefined) {
          requirePermissionOn(actor, "employee.assign_role", target);
          requireRole(actor, change.role);
        }
        await requireCurrent(queries, target, version);
        const assignments = fields.map((field, i) => `${COLUMNS[field]} = $${i + 2}`).join(", ");
        const changed = await queries
          .query<ProfileRow>(
            "employee_update",
            `UPDATE employee e SET ${assignments}, version = version + 1, updated_at = now() WHERE id = $1
             RETURNING ${PROFILE_COLUMNS}`,
            [id, ...fields.map((field) => change[field])],
          )
          .catch(explainRefusal);
        const profile = onlyProfileOf(changed.rows);
        if (change.name === undefined) return { profile, affected: [] };
        const { rows } = await queries.query<{ id: string }>(
          "employee_report_ids",
          "SELECT id FROM employee WHERE tenant_id = $1 AND manager_id = $2",
          [scope.tenantId, id],
        );
        return { profile, affected: rows.map((row) => row.id) };
      }),

    requireRemovable: (scope, id, version) =>
      database.inTenant(scope, (queries) => lockForRemoval(queries, scope, id, version)),

    remove: (scope, id, version) =>
      database.inTenant(scope, async (queries) => {
        await lockForRemoval(queries, scope, id, version);
        await queries.query("employee_delete", REMOVE, [id]);
      }),
  };
}
