import { z } from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { type Endpoint, isText } from "./endpoint.ts";

const failure = z
  .object({
    error: z.object({ code: z.string(), message: z.string().meta({ description: "A sentence for people" }) }),
  })
  .meta({ id: "Failure" });

const MEANING: Readonly<Record<number, string>> = {
  400: "Something in the request cannot be read; the message names it",
  401: "The bearer token is missing or wrong",
  403: "The token's role may not do this",
  404: "There is no such thing",
  409: "It cannot be done in the state in which things are; the message says why",
  503: "The pager cannot answer right now: try again",
};

function operationOf(endpoint: Endpoint) {
  const { id, tag, summary, description, role, path, query, body, answer } = endpoint;
  const reads = query !== undefined || body !== undefined;
  const statuses = [...(reads ? [400] : []), 401, 403, ...(path ? [404] : []), ...endpoint.failures, 503];
  const failures = [...new Set(statuses)].map((status) => [
    status,
    { description: MEANING[status] ?? "", content: { "application/json": { schema: failure } } },
  ]);
  const content = isText(answer)
    ? { [answer.contentType]: { schema: z.string() } }
    : { "application/json": { schema: answer as z.ZodType } };
  const success = answer === undefined ? { description: "Done" } : { description: summary, content };
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, `Takes the role ${role}.`].filter(Boolean).join(" "),
    requestParams: {
      ...(path && { path }),
      ...(query && { query }),
      ...(endpoint.method === "post" && {
        header: z.object({
          "idempotency-key": z.string().max(200).optional().meta({
            description: "The same for each repetition of one request",
          }),
        }),
      }),
    },
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { [answer === undefined ? "204" : "200"]: success, ...Object.fromEntries(failures) },
  };
}

/** The OpenAPI 3.1 document of the endpoints, from the very schemas that check their requests. */
export function buildOpenApi(endpoints: readonly Endpoint[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.url] = { ...paths[endpoint.url], [endpoint.method]: operationOf(endpoint) };
  }
  return createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Watchkeeper's pager",
        version,
        description: "Incidents, on-call, deliveries and planned work. Times are ISO 8601 with an offset.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
      paths: paths as ZodOpenApiPathsObject,
    },
    {
      override: ({ jsonSchema, zodSchema, io }) => {
        if (zodSchema._zod.def.type !== "date" || io !== "output") return;
        jsonSchema.type = "string";
        jsonSchema.format = "date-time";
      },
    },
  );
}
