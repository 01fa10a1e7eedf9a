import { z } from "zod";
import { MAX_CURSOR_LENGTH } from "../cursor.ts";
import { chartSchema, pageSchema, profileSchema } from "../employees/model.ts";
import { roles } from "../role.ts";
import { count, email, id, line, newPassword, version } from "./fields.ts";
import { defineOperation } from "./operation.ts";

/** Nobody searches with a longer text, and each word of it costs. */
const MAX_TERM = 200;
const MAX_WORDS = 8;

const MAX_PAGE = 50;

const term = z
  .string()
  .max(MAX_TERM)
  // What has no shape on the screen separates words.
  .transform((text) => text.normalize("NFC").replace(/\p{C}/gu, " ").toLowerCase().trim())
  .transform((text) => text.split(/\s+/).slice(0, MAX_WORDS).join(" "));

const editable = {
  name: line(120),
  email,
  title: line(120),
  department: line(80),
  location: line(80),
  phone: line(40),
  role: z.enum(roles),
};

const params = z.object({ id });

export const list = defineOperation({
  id: "listPeople",
  method: "get",
  path: "/api/employees",
  tag: "People",
  summary:
    "Lists people by name or, with q, finds them: all words in any field, accents and typing errors forgiven",
  needsSession: true,
  query: z.object({
    q: term.default(""),
    limit: count(1, MAX_PAGE).default(20),
    cursor: z.string().min(1).max(MAX_CURSOR_LENGTH).optional(),
  }),
  answer: { status: 200, schema: pageSchema },
  problems: ["invalid_cursor"],
});

export const create = defineOperation({
  id: "addPerson",
  method: "post",
  path: "/api/employees",
  tag: "People",
  summary: "Adds somebody, who can sign in if a password is given",
  needsSession: true,
  body: z.strictObject({
    ...editable,
    role: editable.role.default("user"),
    managerId: id.nullable(),
    password: newPassword.optional(),
  }),
  answer: { status: 201, schema: profileSchema },
  problems: ["unknown_manager", "forbidden", "duplicate_email", "busy"],
});

export const read = defineOperation({
  id: "showPerson",
  method: "get",
  path: "/api/employees/:id",
  tag: "People",
  summary: "Shows a profile",
  needsSession: true,
  params,
  answer: { status: 200, schema: profileSchema },
  problems: ["not_found"],
});

export const update = defineOperation({
  id: "changePerson",
  method: "patch",
  path: "/api/employees/:id",
  tag: "People",
  summary: "Changes a profile that nobody else has changed since the version that the client has seen",
  needsSession: true,
  params,
  body: z
    .strictObject({ version, ...z.object(editable).partial().shape, managerId: id.nullable().optional() })
    .refine((change) => Object.keys(change).length > 1, "must change at least one field"),
  answer: { status: 200, schema: profileSchema },
  problems: [
    "unknown_manager",
    "forbidden",
    "not_found",
    "duplicate_email",
    "version_conflict",
    "reporting_cycle",
  ],
});

export const remove = defineOperation({
  id: "removePerson",
  method: "delete",
  path: "/api/employees/:id",
  tag: "People",
  summary: "Removes somebody to whom nobody reports, and ends their sessions",
  needsSession: true,
  params,
  query: z.object({ version: z.coerce.number().pipe(version) }),
  answer: { status: 204 },
  problems: ["forbidden", "not_found", "version_conflict", "has_reports"],
});

export const chart = defineOperation({
  id: "showReportingLine",
  method: "get",
  path: "/api/employees/:id/chart",
  tag: "People",
  summary: "Shows the managers above a person and the people who report to them",
  needsSession: true,
  params,
  answer: { status: 200, schema: chartSchema },
  problems: ["not_found"],
});
