import type { QueryRunner } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import type { Router } from "express";
import { z } from "zod";
import type { CommandOptions } from "../incidents/commands.ts";
import type { RosterSource } from "../oncall/roster-source.ts";
import type { Reach } from "../routes.ts";
import { defineEndpoint, type Endpoint } from "./endpoint.ts";
import { createAuditEndpoints } from "./endpoints/audit.ts";
import { createCalendarLinkEndpoints } from "./endpoints/calendar-links.ts";
import { createCommandEndpoints } from "./endpoints/commands.ts";
import { createDeliveryEndpoints } from "./endpoints/deliveries.ts";
import { createExceptionEndpoints } from "./endpoints/exceptions.ts";
import { createFigureEndpoints } from "./endpoints/figures.ts";
import { createIncidentEndpoints } from "./endpoints/incidents.ts";
import { createMaintenanceEndpoints } from "./endpoints/maintenance.ts";
import { createOnCallEndpoints } from "./endpoints/on-call.ts";
import { createPeopleEndpoints } from "./endpoints/people.ts";
import { buildOpenApi } from "./openapi.ts";
import { createApiRouter } from "./router.ts";
import type { Authenticate } from "./tokens.ts";

export interface ApiOptions {
  readonly database: QueryRunner;
  readonly source: Pick<RosterSource, "current" | "state">;
  readonly reach: Reach;
  readonly consoleUrl: string;
  readonly version: string;
  readonly authenticate: Authenticate;
  readonly log: Log;
  /** Messages that a command made pointless, for the metrics. */
  readonly onSuperseded: NonNullable<CommandOptions["onSuperseded"]>;
  /** Planned work was added or withdrawn. */
  readonly onMaintenance: () => void;
}

/** Every endpoint there is, the document of all of them included. */
export function createEndpoints(options: Omit<ApiOptions, "authenticate" | "log">): readonly Endpoint[] {
  const { database, source, reach, consoleUrl, version, onSuperseded } = options;
  const onCall = { database, roster: source.current };
  const endpoints: Endpoint[] = [
    ...createIncidentEndpoints(database),
    ...createCommandEndpoints({ database, reach, onSuperseded }),
    ...createDeliveryEndpoints(database),
    ...createOnCallEndpoints(onCall),
    ...createExceptionEndpoints(onCall),
    ...createCalendarLinkEndpoints(onCall),
    ...createPeopleEndpoints({ ...onCall, fileState: source.state, reach, consoleUrl }),
    ...createMaintenanceEndpoints(database, options.onMaintenance),
    ...createFigureEndpoints(database),
    ...createAuditEndpoints(database),
  ];
  let document: object | undefined;
  endpoints.push(
    defineEndpoint({
      id: "describeApi",
      method: "get",
      url: "/api/openapi.json",
      tag: "About",
      summary: "This document (OpenAPI 3.1)",
      role: "viewer",
      answer: z.record(z.string(), z.unknown()),
      run: async () => {
        document ??= buildOpenApi(endpoints, version);
        return document as Record<string, unknown>;
      },
    }),
  );
  return endpoints;
}

/** The API as routes. */
export const createApiRoutes = (options: ApiOptions): Router =>
  createApiRouter({ ...options, endpoints: createEndpoints(options) });
