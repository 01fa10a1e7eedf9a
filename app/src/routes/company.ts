import express, { type Router } from "express";
import * as operations from "../api/company.ts";
import type { AuditLog } from "../audit.ts";
import type { Passwords } from "../passwords.ts";
import { Problem } from "../problem.ts";
import type { Session } from "../session.ts";
import type { Tenant, Tenants } from "../tenants.ts";
import type { Mount } from "./mount.ts";

export interface CompanyRouteDeps {
  readonly tenants: Tenants;
  readonly audit: AuditLog;
  readonly passwords: Passwords;
}

/** The own company, its audit log and, for super admins, all companies. */
export function createCompanyRoutes(mount: Mount, { tenants, audit, passwords }: CompanyRouteDeps): Router {
  const show = async (session: Session): Promise<Tenant> => {
    const tenant = await tenants.find(session);
    if (!tenant) throw new Problem("not_found");
    return tenant;
  };

  const router = express.Router();

  mount(router, operations.readTenant, ({ session }) => show(session));

  mount(router, operations.updateTenant, async ({ session, body }) => {
    await tenants.update(session, body);
    return show(session);
  });

  mount(router, operations.readAudit, ({ session, query }) => audit.page(session, query));

  mount(router, operations.listTenants, async ({ session }) => ({
    tenants: [...(await tenants.list(session))],
  }));

  mount(router, operations.createTenant, async ({ session, body }) => {
    const { password, ...admin } = body.admin;
    // First who asks: hashing is the dearest thing that one can make the directory do.
    await tenants.requireInstallationManager(session);
    const passwordHash = await passwords.hash(password);
    return { id: await tenants.create(session, { ...body, admin: { ...admin, passwordHash } }) };
  });

  return router;
}
