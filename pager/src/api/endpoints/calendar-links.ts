import { z } from "zod";
import { addCalendarLink, withdrawCalendarLink } from "../../oncall/calendar-links.ts";
import { defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { name } from "../schemas.ts";
import { type OnCallContext, scheduleOf, schedulePath } from "./on-call.ts";

/** Addresses of calendar feeds. */
export function createCalendarLinkEndpoints({ database, roster }: OnCallContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: "addCalendarLink",
      method: "post",
      url: "/api/schedules/{schedule}/calendar-links",
      tag: "On-call",
      summary: "An address under which calendar programs read a schedule (iCalendar)",
      description: "Whoever knows the address can read it, until it is withdrawn; it is shown once.",
      role: "responder",
      path: schedulePath,
      body: z.strictObject({
        person: name.nullable().default(null).meta({ description: "Only their shifts; null: everybody's" }),
      }),
      answer: z.strictObject({ id: z.uuid(), path: z.string() }),
      subject: ({ schedule }) => `schedule ${String(schedule)}`,
      run: async ({ path, body, caller }) => {
        scheduleOf(roster(), path.schedule);
        if (body.person !== null && !Object.hasOwn(roster().file.people, body.person)) {
          throw notFound(`a person "${body.person}"`);
        }
        return addCalendarLink(database, path.schedule, body.person, caller.name);
      },
    }),
    defineEndpoint({
      id: "withdrawCalendarLink",
      method: "delete",
      url: "/api/calendar-links/{id}",
      tag: "On-call",
      summary: "The address is no calendar any more",
      role: "responder",
      path: z.object({ id: z.uuid() }),
      subject: ({ id }) => `calendar link ${String(id)}`,
      run: async ({ path }) => {
        if (!(await withdrawCalendarLink(database, path.id))) throw notFound("a calendar link of this id");
        return undefined;
      },
    }),
  ];
}
