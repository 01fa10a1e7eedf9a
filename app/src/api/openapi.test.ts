import { Validator } from "@seriousme/openapi-schema-validator";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import type { Express } from "express";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { createDatabase } from "../database.ts";
import { DEFAULT_LIMITS } from "../request-limit.ts";
import { buildDocument, documentPath } from "./openapi.ts";

interface Listing {
  listRoutes(): { path: string; methods: string[] | undefined; router: Listing | undefined }[];
}

interface Described {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

const document = buildDocument("1.2.3") as {
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

/** The app as it is put together for people; nothing is asked of its stores. */
function createAppAlone(): Express {
  const metrics = createMetrics();
  const log = createLog("app", "silent");
  return createApp({
    metrics,
    log,
    audit: log,
    database: createDatabase("postgres://nobody@127.0.0.1:1/none", metrics, log),
    redis: { ask: () => Promise.reject(new Error("not asked")), close: async () => undefined },
    clock: systemClock,
    cursorSecret: "x".repeat(32),
    limits: DEFAULT_LIMITS,
    corsOrigins: [],
    trustedProxies: [],
    recordUsage: () => undefined,
    page: { script: "", stylesheet: "" },
  });
}

const routesBelow = (router: Listing): string[] =>
  router.listRoutes().flatMap(({ path, methods, router: mounted }) => {
    if (mounted) return routesBelow(mounted);
    // Express answers HEAD wherever there is a GET.
    return (methods ?? [])
      .filter((method) => method !== "HEAD")
      .map((method) => `${method.toUpperCase()} ${documentPath(path)}`);
  });

test("the document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result).toMatchObject({ valid: true });
});

test("the document has exactly the routes that the app has below /api", () => {
  const app = createAppAlone();
  const routes = new Set(
    routesBelow(app.router as unknown as Listing).filter((route) => route.includes(" /api/")),
  );
  expect([...routes].sort()).toEqual(described.map(({ name }) => name).sort());
});

test("every operation has a name of its own, and every refusal the one shape", () => {
  const names = described.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, operation } of described) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(["application/problem+json"]);
    }
  }
});

test("what a request must look like is told as it is judged", () => {
  const text = JSON.stringify(document.paths["/api/employees"]);
  expect(text).toContain('"maximum":50');
  expect(text).toContain('"maxLength":200');
  expect(JSON.stringify(document.paths["/api/employees/{id}"]?.patch)).toContain(
    '"additionalProperties":false',
  );
});
