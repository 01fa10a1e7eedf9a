import type { countSearches } from "@watchkeeper/exporters/search";
import express, { type Router } from "express";
import { z } from "zod";
import { authenticate, sessionOf } from "../authenticate.ts";
import type { Directory } from "../directory.ts";
import type { UpdateResult } from "../employees.ts";
import { ClientError, notFound } from "../errors.ts";
import { parseInput, parseJson } from "../parse.ts";
import type { Sessions } from "../session.ts";
import type { Tenants } from "../tenants.ts";

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
}

/** `GET /me`, `GET /employees`, `GET` and `PATCH /employees/:id`, always within the tenant of the session. */
export function createEmployeeRoutes({ directory, tenants, sessions, countSearch }: EmployeeDeps): Router {
  const router = express.Router();
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
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1_000;
    const page = await directory
      .search(sessionOf(response).tenantId, { words, limit, offset })
      .catch((error: unknown) => {
        countSearch("error", seconds());
        throw error;
      });
    countSearch(page.employees.length > 0 ? "found" : "empty", seconds());
    response.json(page);
  });

  router.get("/employees/:id", mustLogIn, async (request, response) => {
    const employee = await directory.find(sessionOf(response).tenantId, idOf(request.params.id));
    if (!employee) throw notFound();
    response.json(employee);
  });

  router.patch("/employees/:id", mustLogIn, parseJson, async (request, response) => {
    const actor = sessionOf(response);
    const id = idOf(request.params.id);
    const result = await directory.update(actor, id, parseInput(changeSchema, request.body));
    if (result !== "updated") throw REFUSALS[result]();
    const employee = await directory.find(actor.tenantId, id);
    if (!employee) throw notFound();
    response.json(employee);
  });

  return router;
}
