import { z } from "zod";
import type { Incident, IncidentDetails } from "../incidents/model.ts";
import { fetchJson, UPSTREAM_LIMITS, UpstreamError, type UpstreamLimits } from "./fetch-json.ts";

const moment = z.iso.datetime({ offset: true });

const incident = z.object({
  id: z.string(),
  number: z.number().int(),
  title: z.string(),
  severity: z.enum(["page", "ticket", "info"]),
  state: z.enum(["triggered", "acknowledged", "resolved"]),
  service: z.string(),
  startedAt: moment,
  updatedAt: moment,
  resolvedAt: moment.nullable(),
  runbookUrl: z.string().nullable(),
  dashboardUrl: z.string().nullable(),
  // A pager of the version before does not know them.
  panelUrl: z.string().nullable().default(null),
  logsUrl: z.string().nullable().default(null),
  alerts: z.number().int(),
});

const details = incident.extend({
  description: z.string().default(""),
  timeline: z.array(z.object({ at: moment, kind: z.string(), text: z.string() })),
  deliveries: z.array(
    z.object({
      channel: z.string(),
      kind: z.string().default(""),
      state: z.string(),
      reason: z.string().nullable().default(null),
      attempts: z.number().int(),
      sentAt: moment.nullable(),
    }),
  ),
});

/** Asks the pager. Every method rejects with an UpstreamError. */
export interface Pager {
  /** Newest first. */
  list(state: "open" | "resolved", limit: number): Promise<readonly Incident[]>;
  /** @param number what people call the incident; undefined when there is none of it */
  find(number: number): Promise<IncidentDetails | undefined>;
}

export function createPager(url: string, apiToken: string, limits: UpstreamLimits = UPSTREAM_LIMITS): Pager {
  async function ask<Data extends z.ZodType>(path: string, schema: Data): Promise<z.infer<Data>> {
    const headers = { authorization: `Bearer ${apiToken}` };
    const parsed = schema.safeParse(await fetchJson("The pager", `${url}/api/${path}`, { headers }, limits));
    if (!parsed.success) throw new UpstreamError("The pager answers in a form that is not understood", 200);
    return parsed.data;
  }
  return {
    async list(state, limit) {
      const { incidents } = await ask(
        `incidents?state=${state}&limit=${limit}`,
        z.object({ incidents: z.array(incident) }),
      );
      return incidents;
    },
    find: (number) =>
      ask(`incidents/${number}`, details).catch((error: unknown) => {
        if (error instanceof UpstreamError && error.status === 404) return undefined;
        throw error;
      }),
  };
}
