import { z } from "zod";
import type { Command } from "../../incidents/command.ts";
import { type CommandOptions, runCommand } from "../../incidents/commands.ts";
import { ApiError, defineEndpoint, type Endpoint, notFound, type Request } from "../endpoint.ts";
import { incidentPath, moment, name, verdict } from "../schemas.ts";

const ifVersion = z
  .number()
  .int()
  .min(1)
  .optional()
  .meta({ description: "Refused when the incident has changed since" });
const done = z
  .strictObject({
    number: z.number().int(),
    state: z.enum(["triggered", "acknowledged", "resolved"]),
    version: z.number().int(),
    acknowledgedBy: z.string().nullable(),
  })
  .meta({ id: "CommandDone" });

const isUuidOrNumber = (id: unknown): string => `incident ${String(id)}`;

/** What people do with incidents; each is one line in the timeline, by whom the token names. */
export function createCommandEndpoints(options: CommandOptions): readonly Endpoint[] {
  const command = async (
    request: Request<{ id: string }, unknown, { ifVersion?: number | undefined }>,
    wanted: Command,
  ) => {
    const { caller, requestKey, body, path } = request;
    const result = await runCommand(options, path.id, wanted, {
      actor: caller.name,
      source: caller.name === "console" ? "console" : "api",
      requestKey,
      ...(body.ifVersion !== undefined && { ifVersion: body.ifVersion }),
    });
    if (result.done) {
      const { number, state, version, acknowledgedBy } = result;
      return { number, state, version, acknowledgedBy };
    }
    if (result.reason === "unknown-incident") throw notFound("an incident of this id");
    throw new ApiError(409, result.reason.replaceAll("-", "_"), result.message);
  };

  const define = <Fields extends z.ZodRawShape>(
    action: { readonly id: string; readonly word: string; readonly summary: string },
    fields: Fields,
    commandOf: (body: z.output<z.ZodObject<Fields>>) => Command,
  ): Endpoint =>
    defineEndpoint({
      id: action.id,
      method: "post",
      url: `/api/incidents/{id}/${action.word}`,
      tag: "Commands",
      summary: action.summary,
      role: "responder",
      path: incidentPath,
      body: z.strictObject({ ...fields, ifVersion }),
      answer: done,
      failures: [409],
      subject: ({ id }) => isUuidOrNumber(id),
      run: (request) =>
        command(request as never, commandOf(request.body as unknown as z.output<z.ZodObject<Fields>>)),
    });

  return [
    define(
      { id: "acknowledgeIncident", word: "acknowledge", summary: "Look after it: nobody else is asked" },
      {},
      () => ({ action: "acknowledge" }),
    ),
    define(
      { id: "resolveIncident", word: "resolve", summary: "Over; if an alert fires on, a new incident opens" },
      { as: verdict.optional() },
      ({ as }) => ({ action: "resolve", ...(as && { as }) }) as Command,
    ),
    define(
      { id: "snoozeIncident", word: "snooze", summary: "Nobody is asked until then, a week at most" },
      { until: moment },
      ({ until }) => ({ action: "snooze", until }) as Command,
    ),
    define({ id: "unsnoozeIncident", word: "unsnooze", summary: "Ask people again" }, {}, () => ({
      action: "unsnooze",
    })),
    define(
      {
        id: "reassignIncident",
        word: "reassign",
        summary: "Somebody looks after it from now on; null: nobody",
      },
      { to: name.nullable() },
      ({ to }) => ({ action: "reassign", to }) as Command,
    ),
    define(
      { id: "noteIncident", word: "note", summary: "A note in the timeline" },
      { text: z.string().min(1).max(10_000) },
      ({ text }) => ({ action: "note", text }) as Command,
    ),
    define(
      { id: "closeIncidentAs", word: "close-as", summary: "Whether it was worth telling people" },
      { as: verdict },
      ({ as }) => ({ action: "closeAs", as }) as Command,
    ),
  ];
}
