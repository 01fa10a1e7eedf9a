import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { renderPostmortem } from "../../incidents/postmortem.ts";
import { defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { deliveriesOf, findIncident, type IncidentView, listIncidents, readTimeline } from "../incidents.ts";

import { cursor, incidentPath, limit, name, next, pageOf, priority, severity, verdict } from "../schemas.ts";

const moment = z.date();

export const incident = z
  .strictObject({
    id: z.uuid(),
    number: z.number().int(),
    title: z.string(),
    alertname: z.string(),
    summary: z.string(),
    description: z.string(),
    severity,
    priority,
    state: z.enum(["triggered", "acknowledged", "resolved"]),
    version: z
      .number()
      .int()
      .meta({ description: "Give it back as `ifVersion` to change what you have seen" }),
    service: z.string(),
    labels: z.record(z.string(), z.string()),
    startedAt: moment,
    openedAt: moment,
    updatedAt: moment,
    acknowledgedAt: moment.nullable(),
    acknowledgedBy: z.string().nullable(),
    firstAcknowledgedAt: moment.nullable(),
    snoozedUntil: moment.nullable(),
    assignee: z.string().nullable(),
    resolvedAt: moment.nullable(),
    resolvedBy: z.string().nullable(),
    closedAs: verdict.nullable(),
    foldedInto: z.number().int().nullable().meta({ description: "Number of the storm's incident" }),
    suppressedUpstream: z.boolean().meta({ description: "Silenced or inhibited in Alertmanager" }),
    policy: z.string().nullable(),
    runbookUrl: z.string().nullable(),
    dashboardUrl: z.string().nullable(),
    panelUrl: z.string().nullable(),
    logsUrl: z.string().nullable(),
    alerts: z.number().int(),
    firing: z.number().int(),
  })
  .meta({ id: "Incident" });

const timelineEntry = z
  .strictObject({
    id: z.number().int(),
    at: moment,
    kind: z.string(),
    text: z.string(),
    actor: z.string().nullable(),
    source: z.string().nullable(),
  })
  .meta({ id: "TimelineEntry" });

const delivery = z.strictObject({
  channel: z.string(),
  person: z.string().nullable(),
  kind: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  attempts: z.number().int(),
  sentAt: moment.nullable(),
});

/** A page that nobody reads to its end; more is there by the timeline's own address. */
const TIMELINE_SHOWN = 1_000;

export function createIncidentEndpoints(database: QueryRunner): readonly Endpoint[] {
  const find = async (id: string): Promise<IncidentView> => {
    const found = await findIncident(database, id);
    if (!found) throw notFound("an incident of this id");
    return found;
  };

  return [
    defineEndpoint({
      id: "listIncidents",
      method: "get",
      url: "/api/incidents",
      tag: "Incidents",
      summary: "The newest incidents first",
      role: "viewer",
      query: z.strictObject({
        state: z.enum(["open", "triggered", "acknowledged", "snoozed", "resolved", "all"]).default("open"),
        severity: severity.optional(),
        priority: priority.optional(),
        service: z.string().max(200).optional(),
        assignee: name.optional(),
        text: z.string().min(1).max(200).optional(),
        before: cursor,
        limit: limit(500, 50),
      }),
      answer: z.strictObject({ incidents: z.array(incident), next }),
      run: async ({ query }) => {
        const rows = await listIncidents(database, { ...query, limit: query.limit + 1 });
        const { page, next: following } = pageOf(rows, query.limit, ({ number }) => number);
        return { incidents: page, next: following };
      },
    }),
    defineEndpoint({
      id: "showIncident",
      method: "get",
      url: "/api/incidents/{id}",
      tag: "Incidents",
      summary: "An incident with its history and what was sent about it",
      role: "viewer",
      path: incidentPath,
      answer: incident.extend({ timeline: z.array(timelineEntry), deliveries: z.array(delivery) }),
      run: async ({ path }) => {
        const found = await find(path.id);
        const [timeline, deliveries] = await Promise.all([
          readTimeline(database, found.id, 0, TIMELINE_SHOWN),
          deliveriesOf(database, found.id),
        ]);
        return { ...found, timeline: [...timeline], deliveries: [...deliveries] };
      },
    }),
    defineEndpoint({
      id: "readTimeline",
      method: "get",
      url: "/api/incidents/{id}/timeline",
      tag: "Incidents",
      summary: "A part of an incident's history, oldest first",
      role: "viewer",
      path: incidentPath,
      query: z.strictObject({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        limit: limit(1_000, 200),
      }),
      answer: z.strictObject({ entries: z.array(timelineEntry) }),
      run: async ({ path, query }) => {
        const found = await find(path.id);
        return { entries: [...(await readTimeline(database, found.id, query.after, query.limit))] };
      },
    }),
    defineEndpoint({
      id: "renderPostmortem",
      method: "get",
      url: "/api/incidents/{id}/postmortem",
      tag: "Incidents",
      summary: "The beginning of a postmortem: what the pager knows, and the questions that people answer",
      role: "viewer",
      path: incidentPath,
      answer: { contentType: "text/markdown" },
      run: async ({ path }) => {
        const text = await renderPostmortem(database, path.id);
        if (text === undefined) throw notFound("an incident of this id");
        return text;
      },
    }),
  ];
}
