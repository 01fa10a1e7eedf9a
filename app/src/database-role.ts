import type { Queries } from "@watchkeeper/exporters/database";

const RIGHTS = `
  SELECT current_user AS name, r.rolsuper OR r.rolbypassrls AS "isAboveTheLaw",
    EXISTS (SELECT FROM pg_class c WHERE c.relname IN ('tenant', 'employee', 'audit_log')
      AND c.relnamespace = 'public'::regnamespace AND pg_has_role(current_user, c.relowner, 'USAGE')) AS "isOwner"
  FROM pg_roles r WHERE r.rolname = current_user`;

/**
 * Makes sure that the role the app logs in with is held to row-level security.
 *
 * @throws Error in one line when it is not
 */
export async function requireRestrictedRole(database: Queries): Promise<void> {
  const { rows } = await database.query<{ name: string; isAboveTheLaw: boolean; isOwner: boolean }>(
    "role_check",
    RIGHTS,
  );
  const role = rows[0];
  if (!role || role.isAboveTheLaw || role.isOwner) {
    const reason = role?.isOwner && !role.isAboveTheLaw ? "owns the tables" : "may bypass row-level security";
    throw new Error(
      `Cannot serve tenants as the database role ${role?.name ?? "?"} as it ${reason}: log in as directory_app`,
    );
  }
}
