import type { countSearches } from "@watchkeeper/exporters/search";
import express, { type Router } from "express";
import * as operations from "../api/people.ts";
import type { Directory } from "../directory.ts";
import type { Passwords } from "../passwords.ts";
import { notFound, Problem } from "../problem.ts";
import type { Session } from "../session.ts";
import type { RecordUsage, UsageEvent } from "../usage/event.ts";
import type { Mount } from "./mount.ts";

export interface PeopleRouteDeps {
  readonly directory: Directory;
  readonly passwords: Passwords;
  readonly countSearch: ReturnType<typeof countSearches>;
  readonly recordUsage: RecordUsage;
}

/** The people of the company of whoever is signed in. */
export function createPeopleRoutes(
  mount: Mount,
  { directory, passwords, countSearch, recordUsage }: PeopleRouteDeps,
): Router {
  const note = (session: Session, what: Omit<UsageEvent, "tenantId" | "userId">): void =>
    recordUsage({ tenantId: session.tenantId, userId: session.employeeId, ...what });

  const router = express.Router();

  mount(router, operations.list, async ({ session, query }) => {
    if (query.q === "") {
      if (query.cursor === undefined) note(session, { kind: "search" });
      return directory.page(session, query);
    }
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1_000;
    const page = await directory.page(session, query).catch((error: unknown) => {
      // A cursor that was made up is no search that failed.
      if (!(error instanceof Problem)) countSearch("error", seconds());
      throw error;
    });
    const found = page.employees.length > 0;
    countSearch(found ? "found" : "empty", seconds());
    // Leafing through the pages of a search is not another search.
    if (query.cursor === undefined) {
      note(session, { kind: found ? "search" : "empty_search", term: query.q.slice(0, 100) });
    }
    return page;
  });

  mount(router, operations.create, async ({ session, body, response }) => {
    const { password, ...employee } = body;
    const passwordHash = password === undefined ? undefined : await passwords.hash(password);
    const profile = await directory.create(session, { ...employee, passwordHash });
    response.location(`/api/employees/${profile.id}`);
    return profile;
  });

  mount(router, operations.read, async ({ session, params }) => {
    const employee = await directory.find(session, params.id);
    if (!employee) throw notFound();
    note(session, { kind: "profile_view", subjectId: employee.id });
    return employee;
  });

  mount(router, operations.update, async ({ session, params, body }) => {
    const profile = await directory.update(session, params.id, body);
    note(session, { kind: "profile_update", subjectId: params.id });
    return profile;
  });

  mount(router, operations.remove, async ({ session, params, query }) => {
    await directory.remove(session, params.id, query.version);
  });

  mount(router, operations.chart, async ({ session, params }) => {
    const chart = await directory.chart(session, params.id);
    if (!chart) throw notFound();
    return chart;
  });

  return router;
}
