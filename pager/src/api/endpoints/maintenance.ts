import type { QueryRunner } from "@watchkeeper/exporters/database";
import { z } from "zod";
import { addWindow, listWindows, type MaintenanceWindow, withdrawWindow } from "../../maintenance/windows.ts";
import { databaseNow } from "../../oncall/load-readiness.ts";
import { DAY_MS } from "../../oncall/shifts.ts";
import { ApiError, defineEndpoint, type Endpoint, notFound } from "../endpoint.ts";
import { moment } from "../schemas.ts";

const matcher = z
  .strictObject({
    name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, "a label's name has letters, digits and _"),
    value: z.string().max(1_000),
    isRegex: z.boolean().default(false),
    isEqual: z.boolean().default(true),
  })
  .meta({ id: "Matcher" });

const window = z
  .strictObject({
    id: z.uuid(),
    title: z.string(),
    matchers: z.array(matcher),
    from: z.date(),
    to: z.date(),
    createdAt: z.date(),
    createdBy: z.string(),
    state: z.enum(["planned", "active", "over", "withdrawn"]),
    settled: z.boolean().meta({ description: "Alertmanager has the silence, or has given it up" }),
    reason: z.string().nullable(),
  })
  .meta({ id: "MaintenanceWindow" });

const MAX_DAYS = 31;
const SHOWN_AHEAD_DAYS = 7;

const count = z.number().int();
const open = z.strictObject({ P0: count, P1: count, P2: count, P3: count });

const states = ["operational", "maintenance", "degraded", "outage"] as const;

function stateOf(
  counts: { readonly P0: number; readonly P1: number },
  isMaintained: boolean,
): (typeof states)[number] {
  if (counts.P0 > 0) return "outage";
  if (counts.P1 > 0) return "degraded";
  return isMaintained ? "maintenance" : "operational";
}

/** Planned work, and the data of a status page. */
export function createMaintenanceEndpoints(database: QueryRunner, changed: () => void): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: "listMaintenanceWindows",
      method: "get",
      url: "/api/maintenance-windows",
      tag: "Maintenance",
      summary: "Planned work that is not over, or ended after a moment",
      role: "viewer",
      query: z.strictObject({ endsAfter: moment.optional() }),
      answer: z.strictObject({ windows: z.array(window) }),
      run: async ({ query }) => ({
        windows: [...(await listWindows(database, query.endsAfter ?? (await databaseNow(database))))],
      }),
    }),
    defineEndpoint({
      id: "addMaintenanceWindow",
      method: "post",
      url: "/api/maintenance-windows",
      tag: "Maintenance",
      summary: "Planned work: Alertmanager is silent about it, and the status data shows it",
      role: "responder",
      body: z.strictObject({
        title: z.string().trim().min(1).max(200),
        matchers: z.array(matcher).min(1).max(20),
        from: moment,
        to: moment,
      }),
      answer: window,
      subject: () => "maintenance windows",
      run: async ({ body, caller }) => {
        const nowMs = (await databaseNow(database)).getTime();
        const lastsMs = body.to.getTime() - body.from.getTime();
        const refuse = (message: string): never => {
          throw new ApiError(400, "invalid_body", `Cannot read the body as ${message}`);
        };
        if (lastsMs <= 0 || lastsMs > MAX_DAYS * DAY_MS)
          refuse(`to must be after from, by ${MAX_DAYS} days at most`);
        if (body.to.getTime() <= nowMs) refuse("the window is over already");
        const says = ({ value, isRegex, isEqual }: z.output<typeof matcher>): boolean =>
          isEqual && value !== "" && !(isRegex && /^\.[*+]$/.test(value));
        if (!body.matchers.some(says))
          refuse("one matcher must name something: these would silence everything");
        const added = await addWindow(database, { ...body, createdBy: caller.name });
        changed();
        return added;
      },
    }),
    defineEndpoint({
      id: "withdrawMaintenanceWindow",
      method: "delete",
      url: "/api/maintenance-windows/{id}",
      tag: "Maintenance",
      summary: "The work is over, or does not take place",
      role: "responder",
      path: z.object({ id: z.uuid() }),
      answer: window,
      subject: ({ id }) => `maintenance window ${String(id)}`,
      run: async ({ path, caller }): Promise<MaintenanceWindow> => {
        const withdrawn = await withdrawWindow(database, path.id, caller.name);
        if (!withdrawn) throw notFound("a maintenance window of this id that stands");
        changed();
        return withdrawn;
      },
    }),
    defineEndpoint({
      id: "showStatus",
      method: "get",
      url: "/api/status",
      tag: "Maintenance",
      summary: "What a status page shows: open incidents by priority, and planned work",
      role: "viewer",
      answer: z.strictObject({
        at: z.date(),
        state: z.enum(states),
        open,
        maintenance: z.array(
          z.strictObject({
            title: z.string(),
            state: z.enum(["planned", "active"]),
            from: z.date(),
            to: z.date(),
          }),
        ),
      }),
      run: async () => {
        const at = await databaseNow(database);
        const { rows } = await database.query<{ priority: "P0" | "P1" | "P2" | "P3"; count: number }>(
          "open-by-priority",
          `SELECT priority, count(*)::integer AS count FROM incident
           WHERE state <> 'resolved' AND NOT suppressed_upstream GROUP BY priority`,
        );
        const counts = { P0: 0, P1: 0, P2: 0, P3: 0 };
        for (const row of rows) counts[row.priority] = row.count;
        const aheadMs = at.getTime() + SHOWN_AHEAD_DAYS * DAY_MS;
        const maintenance = (await listWindows(database, at)).flatMap(({ title, state, from, to }) =>
          (state === "active" || state === "planned") && from.getTime() < aheadMs
            ? [{ title, state, from, to }]
            : [],
        );
        const isActive = maintenance.some(({ state }) => state === "active");
        const state = stateOf(counts, isActive);
        return { at, state, open: counts, maintenance };
      },
    }),
  ];
}
