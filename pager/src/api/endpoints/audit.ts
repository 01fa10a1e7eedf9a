import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { checkAudit, listAudit } from "../audit.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import { cursor, limit, next, pageOf } from "../schemas.ts";

const entry = z
  .strictObject({
    id: z.number().int(),
    at: z.date(),
    actor: z.string(),
    role: z.string(),
    action: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });

/** Who asked for which change through the API. */
export function createAuditEndpoints(database: QueryRunner): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: "listAudit",
      method: "get",
      url: "/api/audit",
      tag: "Audit",
      summary: "What was asked for, the newest first",
      role: "admin",
      query: z.strictObject({ before: cursor, limit: limit(500, 50) }),
      answer: z.strictObject({ entries: z.array(entry), next }),
      run: async ({ query }) => {
        const rows = await listAudit(database, query.before ?? null, query.limit + 1);
        const { page, next: following } = pageOf(rows, query.limit, ({ id }) => id);
        return { entries: page as z.input<typeof entry>[], next: following };
      },
    }),
    defineEndpoint({
      id: "checkAudit",
      method: "get",
      url: "/api/audit/check",
      tag: "Audit",
      summary: "Whether the log's chain of hashes holds",
      description: "Keep `newestHash` elsewhere: a log that was cut off at its end no longer has it.",
      role: "admin",
      answer: z.strictObject({
        entries: z.number().int(),
        firstBroken: z.number().int().nullable(),
        newestHash: z.string().nullable(),
      }),
      run: () => checkAudit(database),
    }),
  ];
}
