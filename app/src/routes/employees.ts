import type { countSearches } from "@watchkeeper/exporters/search";
import express, { type Router } from "express";
import { z } from "zod";
import { authenticate, sessionOf } from "../authenticate.ts";
import type { Directory } from "../directory.ts";
import type { UpdateResult } from "../employees.ts";
import { ClientError, notFound } from "../errors.ts";
import { parseInput, parseJson } from "../parse.ts";
import type { Session, Sessions } from "../session.ts";
import type { Tenants } from "../tenants.ts";
import type { RecordUsage, UsageEvent } from "../usage/event.ts";

/** More words than this are a pasted text, not a search. */
const MAX_WORDS = 5;

const searchSchema = z.object({
  q: z
    .string()
    .max(100)
    .transform((q) => q.replace(/\p{C}/gu, " "))
    .default(""),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  offset: z.coerce.number().int().min(0).max(1_000).default(0),
});

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, "must be one line without control characters");

const changeSchema = z
  .strictObject({
    version: z.number().int().min(1),
    phone: line(40).optional(),
    location: line(80).optional(),
    title: line(120).optional(),
    department: line(80).optional(),
  })
  .refine((change) => Object.keys(change).length > 1, "must change at least one field");

const idSchema = z.uuid();

/** Anything that is no id is nobody's id. */
const idOf = (text: unknown): string => {
  const result = idSchema.safeParse(text);
  if (!result.success) throw notFound();
  return result.data.toLowerCase();
};

const REFUSALS: Readonly<Record<Exclude<UpdateResult, "updated">, () => ClientError>> = {
  not_found: notFound,
  forbidden: () =>
    new ClientError(
      403,
      "forbidden",
      "Only the manager or an admin may change this; contact data also oneself",
    ),
  version_conflict: () =>
    new ClientError(409, "version_conflict", "Somebody else has changed this profile: read it again"),
};

export interface EmployeeDeps {
  readonly directory: Directory;
  readonly tenants: Tenants;
  readonly sessions: Sessions;
  readonly countSearch: ReturnType<typeof countSearches>;
  readonly recordUsage: RecordUsage;
}

/** `GET /me`, `GET /employees`, `GET` and `PATCH /employees/:id`, always within the tenant of the session. */
export function createEmployeeRoutes({
  directory,
  tenants,
  sessions,
  countSearch,
  recordUsage,
}: EmployeeDeps): Router {
  const router = express.Router();
  const note = ({ tenantId, employeeId }: Session, what: Omit<UsageEvent, "tenantId" | "userId">): void =>
    recordUsage({ tenantId, userId: employeeId, ...what });
  const mustLogIn = authenticate(sessions);

  router.get("/me", mustLogIn, async (_request, response) => {
    const { tenantId, employeeId } = sessionOf(response);
    const [tenant, employee] = await Promise.all([
      tenants.find(tenantId),
      directory.find(tenantId, employeeId),
    ]);
    if (!tenant || !employee) throw notFound();
    response.json({ tenant: { slug: tenant.slug, name: tenant.name }, employee });
  });

  router.get("/employees", mustLogIn, async (request, response) => {
    const { q, limit, offset } = parseInput(searchSchema, request.query);
    const words = q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS);
    const page = await directory
      .search(sessionOf(response).tenantId, { words, limit, offset })
      .catch((error: unknown) => {
        countSearch("error");
        throw error;
      });
    const found = page.employees.length > 0;
    countSearch(found ? "found" : "empty");
    // Leafing through the pages of a search is not another search.
    if (offset === 0) {
      const term = words.join(" ").slice(0, 100);
      note(sessionOf(response), { kind: found ? "search" : "empty_search", ...(term !== "" && { term }) });
    }
    response.json(page);
  });

  router.get("/employees/:id", mustLogIn, async (request, response) => {
    const session = sessionOf(response);
    const employee = await directory.find(session.tenantId, idOf(request.params.id));
    if (!employee) throw notFound();
    note(session, { kind: "profile_view", subjectId: employee.id });
    response.json(employee);
  });

  router.patch("/employees/:id", mustLogIn, parseJson, async (request, response) => {
    const actor = sessionOf(response);
    const id = idOf(request.params.id);
    const result = await directory.update(actor, id, parseInput(changeSchema, request.body));
    if (result !== "updated") throw REFUSALS[result]();
    note(actor, { kind: "profile_update", subjectId: id });
    const employee = await directory.find(actor.tenantId, id);
    if (!employee) throw notFound();
    response.json(employee);
  });

  return router;
}
