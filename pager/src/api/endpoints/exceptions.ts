import { z } from "zod";
import { addException, type Exception, loadExceptions, withdrawException } from "../../oncall/exceptions.ts";
import { databaseNow } from "../../oncall/load-readiness.ts";
import type { Roster } from "../../oncall/roster.ts";
import { DAY_MS } from "../../oncall/shifts.ts";
import { ApiError, defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { moment, name } from "../schemas.ts";
import { type OnCallContext, scheduleOf } from "./on-call.ts";

const made = {
  id: z.uuid(),
  schedule: z.string(),
  from: z.date(),
  to: z.date(),
  note: z.string(),
  createdAt: z.date(),
  createdBy: z.string(),
};
const override = z.strictObject({ ...made, person: z.string() }).meta({ id: "Override" });
const swap = z.strictObject({ ...made, between: z.tuple([z.string(), z.string()]) }).meta({ id: "Swap" });

const span = { from: moment, to: moment, note: z.string().max(500).default("") };
const idPath = z.object({ id: z.uuid() });

const present = ({ kind, person, otherPerson, ...rest }: Exception): z.input<typeof override> => ({
  ...rest,
  person,
});
const presentSwap = ({ kind, person, otherPerson, ...rest }: Exception): z.input<typeof swap> => ({
  ...rest,
  between: [person, otherPerson ?? ""],
});

const USUAL_DAYS = 60;
const MAX_DAYS = 366;

/** @throws ApiError that says what does not go together */
function check(
  roster: Roster,
  { schedule, from, to, people }: { schedule: string; from: Date; to: Date; people: readonly string[] },
): void {
  scheduleOf(roster, schedule);
  const refuse = (message: string): never => {
    throw new ApiError(400, "invalid_body", message);
  };
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days <= 0 || days > MAX_DAYS)
    refuse(`Cannot read the body as to must be after from, by ${MAX_DAYS} days at most`);
  for (const person of people) {
    if (!Object.hasOwn(roster.file.people, person))
      refuse(`Cannot read the body as there is no person "${person}"`);
  }
  if (new Set(people).size !== people.length)
    refuse("Cannot read the body as a swap is between two different people");
}

/** Overrides and swaps at run time. Each is a row, withdrawn and never deleted; the newest lies on top. */
export function createExceptionEndpoints({ database, roster }: OnCallContext): readonly Endpoint[] {
  const load = async (from: Date | undefined, to: Date | undefined, kind: Exception["kind"]) => {
    const fromMs = (from ?? (await databaseNow(database))).getTime();
    const toMs = to?.getTime() ?? fromMs + USUAL_DAYS * DAY_MS;
    return (await loadExceptions(database, { fromMs, toMs })).filter((one) => one.kind === kind);
  };
  const withdraw = async (id: string, kind: Exception["kind"], by: string): Promise<undefined> => {
    if (!(await withdrawException(database, id, kind, by))) throw notFound(`a standing ${kind} of this id`);
    return undefined;
  };
  const query = z.strictObject({ from: moment.optional(), to: moment.optional() });
  const summary = "that were made at run time, of the next 60 days where nothing is said";

  return [
    defineEndpoint({
      id: "listOverrides",
      method: "get",
      url: "/api/overrides",
      tag: "On-call",
      summary: `Overrides ${summary}`,
      role: "viewer",
      query,
      answer: z.strictObject({ overrides: z.array(override) }),
      run: async (request) => ({
        overrides: (await load(request.query.from, request.query.to, "override")).map(present),
      }),
    }),
    defineEndpoint({
      id: "addOverride",
      method: "post",
      url: "/api/overrides",
      tag: "On-call",
      summary: "One person instead of whoever the schedule says, also where it says nobody",
      role: "responder",
      body: z.strictObject({ schedule: name, person: name, ...span }),
      answer: override,
      failures: [404],
      subject: () => "overrides",
      run: async ({ body, caller }) => {
        check(roster(), { ...body, people: [body.person] });
        const row = { ...body, kind: "override", otherPerson: null, createdBy: caller.name } as const;
        return present(await addException(database, row));
      },
    }),
    defineEndpoint({
      id: "withdrawOverride",
      method: "delete",
      url: "/api/overrides/{id}",
      tag: "On-call",
      summary: "Take an override back",
      role: "responder",
      path: idPath,
      subject: ({ id }) => `override ${String(id)}`,
      run: ({ path, caller }) => withdraw(path.id, "override", caller.name),
    }),
    defineEndpoint({
      id: "listSwaps",
      method: "get",
      url: "/api/swaps",
      tag: "On-call",
      summary: `Swaps ${summary}`,
      role: "viewer",
      query,
      answer: z.strictObject({ swaps: z.array(swap) }),
      run: async (request) => ({
        swaps: (await load(request.query.from, request.query.to, "swap")).map(presentSwap),
      }),
    }),
    defineEndpoint({
      id: "addSwap",
      method: "post",
      url: "/api/swaps",
      tag: "On-call",
      summary: "Two people have each other's duty for a while",
      role: "responder",
      body: z.strictObject({ schedule: name, between: z.tuple([name, name]), ...span }),
      answer: swap,
      failures: [404],
      subject: () => "swaps",
      run: async ({ body: { between, ...body }, caller }) => {
        check(roster(), { ...body, people: between });
        const [person, otherPerson] = between;
        const row = { ...body, kind: "swap", person, otherPerson, createdBy: caller.name } as const;
        return presentSwap(await addException(database, row));
      },
    }),
    defineEndpoint({
      id: "withdrawSwap",
      method: "delete",
      url: "/api/swaps/{id}",
      tag: "On-call",
      summary: "Take a swap back",
      role: "responder",
      path: idPath,
      subject: ({ id }) => `swap ${String(id)}`,
      run: ({ path, caller }) => withdraw(path.id, "swap", caller.name),
    }),
  ];
}
