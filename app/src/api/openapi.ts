import { z } from "zod";
import { type ProblemCode, problems } from "../problem.ts";
import { operations } from "./all.ts";
import { type Operation, problemsOf } from "./operation.ts";

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 speaks JSON Schema 2020-12, which is what zod writes; only its own address is left out. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  return json;
}

/** `/api/employees/:id` → `/api/employees/{id}`. */
export const documentPath = (path: string): string => path.replace(/:(\w+)/g, "{$1}");

function parametersOf({ params, query }: Operation): Json[] {
  const inPlace = (schema: z.ZodType | undefined, place: "path" | "query"): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = schemaOf(schema, "input") as {
      properties?: Readonly<Record<string, Json>>;
      required?: readonly string[];
    };
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      schema: property,
    }));
  };
  return [...inPlace(params, "path"), ...inPlace(query, "query")];
}

function problemAnswers(operation: Operation): Record<string, Json> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(operation)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("\n\n"),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function describe(operation: Operation): Json {
  const { id, summary, tag, needsSession, body, answer } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    security: needsSession ? [{ token: [] }, { cookie: [] }] : [],
    responses: {
      [answer.status]: {
        description: answer.schema ? "Done" : "Done, without a content",
        ...(answer.schema && {
          content: { "application/json": { schema: schemaOf(answer.schema, "output") } },
        }),
      },
      ...problemAnswers(operation),
    },
  };
}

/** What every problem looks like (RFC 9457); single kinds have further members. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(problems)),
  requestId: z.string(),
});

/** The OpenAPI 3.1 document of the whole API. */
export function buildDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = documentPath(operation.path);
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Company Directory",
      version,
      description: "Who works where, for several companies that never see one another.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, "output") },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "directory_session" },
      },
    },
  };
}
