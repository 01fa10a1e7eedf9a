import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { loadReadiness } from "../../oncall/load-readiness.ts";
import { isVerified, readinessProblems, respondersOf } from "../../oncall/readiness.ts";
import { type Roster, routeIncident } from "../../oncall/roster.ts";
import type { FileState } from "../../oncall/roster-source.ts";
import { sendTestPage } from "../../oncall/send-test-page.ts";
import type { Reach } from "../../routes.ts";
import { ApiError, defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { name, priority } from "../schemas.ts";

export interface PeopleContext {
  readonly database: QueryRunner;
  readonly roster: () => Roster;
  readonly fileState: () => FileState;
  readonly reach: Reach;
  readonly consoleUrl: string;
}

const person = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    team: z.string(),
    responder: z.boolean().meta({ description: "An escalation may ask them" }),
    channels: z.array(
      z.strictObject({
        channel: z.string(),
        address: z.string(),
        setUp: z.boolean().meta({ description: "The pager has what the channel needs" }),
        verified: z.boolean().meta({ description: "Its provider took a message for it in the last 30 days" }),
        lastSentAt: z.date().nullable(),
        failingSince: z.date().nullable(),
      }),
    ),
  })
  .meta({ id: "Person" });

const policy = z
  .strictObject({
    id: z.string(),
    levels: z.array(z.strictObject({ targets: z.array(z.string()), timeoutMs: z.number() })),
    repeat: z.number().int(),
    catchAll: z.array(z.string()),
    acknowledgeTimeoutMs: z.number().nullable(),
  })
  .meta({ id: "Policy" });

const problem = z
  .strictObject({
    kind: z.enum(["unverified_person", "coverage_gap", "failing_route"]),
    team: z.string(),
    text: z.string(),
    person: z.string().optional(),
    verified: z.number().int().optional(),
    schedule: z.string().optional(),
    from: z.date().optional(),
    to: z.date().optional(),
    destination: z.string().optional(),
    since: z.date().optional(),
  })
  .meta({ id: "ReadinessProblem" });

/** The people, how an escalation would go, and whether it would reach somebody. */
export function createPeopleEndpoints(context: PeopleContext): readonly Endpoint[] {
  const { database, roster, reach } = context;
  return [
    defineEndpoint({
      id: "listPeople",
      method: "get",
      url: "/api/people",
      tag: "People",
      summary: "People and their channels",
      role: "responder",
      answer: z.strictObject({ people: z.array(person) }),
      run: async () => {
        const facts = await loadReadiness(database, roster(), reach.destinations);
        const responders = respondersOf(roster());
        return {
          people: Object.entries(roster().file.people).map(([id, one]) => ({
            id,
            name: one.name,
            team: one.team,
            responder: responders.has(id),
            channels: one.channels.map(({ channel, address }) => ({
              channel,
              address,
              setUp: reach.destinations.get(channel)?.reaches.includes("people") ?? false,
              verified: isVerified(facts, channel, address),
              lastSentAt: facts.reached.get(`${channel}:${address}`)?.lastSentAt ?? null,
              failingSince: facts.reached.get(`${channel}:${address}`)?.failingSince ?? null,
            })),
          })),
        };
      },
    }),
    defineEndpoint({
      id: "sendTestPage",
      method: "post",
      url: "/api/people/{person}/test-page",
      tag: "People",
      summary: "A page to all channels of one person, to see whether it arrives",
      description: "Opens an incident of severity info that ends by itself after 15 minutes.",
      role: "responder",
      path: z.object({ person: name }),
      answer: z.strictObject({ incident: z.number().int(), channels: z.array(z.string()) }),
      failures: [409],
      subject: ({ person: id }) => `person ${String(id)}`,
      run: async ({ path, caller }) => {
        if (!Object.hasOwn(roster().file.people, path.person)) throw notFound(`a person "${path.person}"`);
        const sent = await sendTestPage({ ...context, roster: roster() }, path.person, caller.name);
        if (sent) return sent;
        const message = `Cannot send a test page to ${path.person} as none of their channels is set up`;
        throw new ApiError(409, "no_channel", message);
      },
    }),
    defineEndpoint({
      id: "listPolicies",
      method: "get",
      url: "/api/policies",
      tag: "People",
      summary: "Escalation policies, the following ones laid out",
      role: "viewer",
      answer: z.strictObject({ policies: z.array(policy) }),
      run: async () => ({ policies: [...roster().policies.values()] as z.input<typeof policy>[] }),
    }),
    defineEndpoint({
      id: "explainRoute",
      method: "get",
      url: "/api/policies/route",
      tag: "People",
      summary: "Which policy an incident would get, and by which route",
      role: "viewer",
      query: z.looseObject({
        service: z.string().max(200),
        priority: priority.default("P1"),
        alertname: z.string().max(200).default(""),
      }),
      answer: z.strictObject({
        policy: z.string(),
        reason: z.enum(["route", "owner", "no-route-fits"]),
        route: z.number().int().nullable().meta({ description: "Its place in the file, from 1" }),
      }),
      run: async ({ query: { service, priority: wanted, alertname, ...labels } }) => {
        const given = Object.fromEntries(
          Object.entries(labels).map(([label, value]) => [label, String(value)]),
        );
        const routed = routeIncident(roster(), { service, priority: wanted, alertname, labels: given });
        const route = routed.reason === "route" ? routed.route + 1 : null;
        return { policy: routed.policy.id, reason: routed.reason, route };
      },
    }),
    defineEndpoint({
      id: "showReadiness",
      method: "get",
      url: "/api/readiness",
      tag: "People",
      summary: "What would keep a page from reaching somebody",
      role: "viewer",
      answer: z.strictObject({
        ready: z.boolean(),
        problems: z.array(problem),
        file: z.strictObject({ readAt: z.date(), problem: z.string().nullable() }),
      }),
      run: async () => {
        const problems = readinessProblems(await loadReadiness(database, roster(), reach.destinations));
        const file = context.fileState();
        return { ready: problems.length === 0 && file.problem === null, problems: [...problems], file };
      },
    }),
  ];
}
