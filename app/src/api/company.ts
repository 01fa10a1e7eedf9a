import { z } from "zod";
import { auditPageSchema } from "../audit.ts";
import { MAX_CURSOR_LENGTH } from "../cursor.ts";
import { tenantSchema, tenantSummarySchema } from "../tenants.ts";
import { count, email, id, line, newPassword, slug, version } from "./fields.ts";
import { defineOperation } from "./operation.ts";

export const readTenant = defineOperation({
  id: "showCompany",
  method: "get",
  path: "/api/tenant",
  tag: "Company",
  summary: "Shows the settings of the own company",
  needsSession: true,
  answer: { status: 200, schema: tenantSchema },
  problems: ["not_found"],
});

export const updateTenant = defineOperation({
  id: "changeCompany",
  method: "patch",
  path: "/api/tenant",
  tag: "Company",
  summary: "Changes the settings of the own company",
  needsSession: true,
  body: z
    .strictObject({ version, name: line(120).optional(), selfService: z.boolean().optional() })
    .refine((change) => Object.keys(change).length > 1, "must change at least one field"),
  answer: { status: 200, schema: tenantSchema },
  problems: ["forbidden", "not_found", "version_conflict"],
});

export const readAudit = defineOperation({
  id: "readAuditLog",
  method: "get",
  path: "/api/audit",
  tag: "Company",
  summary: "Lists what was changed, by whom and when, newest first",
  needsSession: true,
  query: z.object({
    entityId: id.optional(),
    limit: count(1, 100).default(50),
    cursor: z.string().min(1).max(MAX_CURSOR_LENGTH).optional(),
  }),
  answer: { status: 200, schema: auditPageSchema },
  problems: ["invalid_cursor", "forbidden"],
});

export const listTenants = defineOperation({
  id: "listCompanies",
  method: "get",
  path: "/api/tenants",
  tag: "Installation",
  summary: "Lists all companies of this installation",
  needsSession: true,
  answer: { status: 200, schema: z.object({ tenants: z.array(tenantSummarySchema) }) },
  problems: ["forbidden"],
});

export const createTenant = defineOperation({
  id: "openCompany",
  method: "post",
  path: "/api/tenants",
  tag: "Installation",
  summary: "Opens a company with its first admin",
  needsSession: true,
  body: z.strictObject({
    slug,
    name: line(120),
    admin: z.strictObject({ name: line(120), email, password: newPassword }),
  }),
  answer: { status: 201, schema: z.object({ id: z.uuid() }) },
  problems: ["forbidden", "duplicate_tenant", "busy"],
});
