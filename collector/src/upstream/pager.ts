import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";

const TIMEOUT_MS = 10_000;
/** The most that the pager gives at once, the newest first. */
const LIMIT = 500;
/** Incidents whose whole story is read: a report about more is about something else. */
const MAX_DETAILS = 60;

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const incidentSchema = z.object({
  number: z.number().int(),
  title: z.string(),
  severity: z.enum(["page", "ticket", "info"]),
  state: z.enum(["triggered", "acknowledged", "resolved"]),
  service: z.string(),
  startedAt: moment,
  resolvedAt: moment.nullable(),
});

const detailsSchema = z.object({
  timeline: z.array(z.object({ kind: z.string() })),
  deliveries: z.array(z.object({ state: z.string() })),
});

/** An incident with what became of it. Times are in milliseconds since 1970. */
export interface Incident extends z.infer<typeof incidentSchema> {
  /** Whether a person took it on. */
  readonly acknowledged: boolean;
  /** Messages that reached people. */
  readonly messages: number;
}

export interface Incidents {
  /** Oldest first. */
  readonly list: readonly Incident[];
  /** Whether the pager may have had more, which this does not know of. */
  readonly cut: boolean;
}

/** Asks the pager. Rejects with one sentence while it is away or refuses. */
export interface Pager {
  /** Incidents that were open at some time in the period. */
  during(fromMs: number, toMs: number): Promise<Incidents>;
}

export function createPager(url: string, apiToken: string, signal?: AbortSignal): Pager {
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const init = { headers: { authorization: `Bearer ${apiToken}` }, ...(signal && { signal }) };
    const parsed = schema.safeParse(await fetchJson("The pager", `${url}/api/${path}`, init, TIMEOUT_MS));
    if (!parsed.success) throw new Error("The pager answers in a form that is not understood");
    return parsed.data;
  };
  return {
    async during(fromMs, toMs) {
      const answer = z.object({ incidents: z.array(incidentSchema) });
      const { incidents } = await ask(`incidents?state=all&limit=${LIMIT}`, answer);
      const within = incidents
        .filter(
          ({ startedAt, resolvedAt }) =>
            startedAt < toMs && (resolvedAt ?? Number.POSITIVE_INFINITY) >= fromMs,
        )
        .sort((a, b) => a.startedAt - b.startedAt);
      const list: Incident[] = [];
      for (const incident of within.slice(0, MAX_DETAILS)) {
        const { timeline, deliveries } = await ask(`incidents/${incident.number}`, detailsSchema);
        list.push({
          ...incident,
          acknowledged:
            incident.state === "acknowledged" || timeline.some(({ kind }) => kind.startsWith("acknowledged")),
          messages: deliveries.filter(({ state }) => state === "sent").length,
        });
      }
      const oldest = incidents.at(-1);
      const cut = incidents.length === LIMIT && (oldest?.startedAt ?? 0) > fromMs;
      return { list, cut: cut || within.length > MAX_DETAILS };
    },
  };
}
