import { randomUUID } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import { Router } from "express";
import { z } from "zod";
import { type Answer, answerWith, type Trouble } from "./answer.ts";
import { FAULT_RETRY_AFTER_SECONDS, type Faults } from "./faults.ts";
import type { Json, PagerDutyContent } from "./message.ts";
import type { Store } from "./store.ts";
import { createTokenBuckets } from "./token-bucket.ts";

/**
 * PagerDuty Events API v2 with its published limits: bodies of 512 KB, a summary of 1,024 and a dedup_key of 255
 * characters, and about 120 events a minute for one routing key (here: 120 at once, then two a second).
 */
const MAX_BYTES = 512 * 1024;
const EVENTS_PER_MINUTE = 120;

const throttled = (retryAfterSeconds: number): Answer => ({
  status: 429,
  body: {
    status: "throttle exceeded",
    message: "Requests for this service are arriving too quickly. Please retry later.",
  },
  headers: { "Retry-After": String(retryAfterSeconds) },
});

const invalid = (errors: readonly string[]): Answer => ({
  status: 400,
  body: { status: "invalid event", message: "Event object is invalid", errors },
});

const trouble: Trouble = {
  error: { status: 500, body: { status: "error", message: "Internal server error" } },
  rateLimit: throttled(FAULT_RETRY_AFTER_SECONDS),
  tooLarge: invalid(["Event payload is larger than 512 KB"]),
};

const json: z.ZodType<Json> = z.json();

const required = (field: string, maxLength = Number.POSITIVE_INFINITY) =>
  z
    .string({ error: `'${field}' is missing or blank` })
    .refine((value) => value.trim() !== "", `'${field}' is missing or blank`)
    .refine((value) => value.length <= maxLength, `'${field}' is longer than ${maxLength} characters`);

const payloadSchema = z.looseObject(
  {
    summary: required("payload.summary", 1_024),
    source: required("payload.source"),
    severity: z.enum(["critical", "error", "warning", "info"], {
      error:
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    }),
    custom_details: json.optional(),
  },
  { error: "'payload' is missing or blank" },
);

const eventSchema = z.looseObject({
  routing_key: required("routing_key").refine(
    (key) => key.length === 32,
    "Length of 'routing_key' is incorrect (should be 32 characters)",
  ),
  event_action: z.enum(["trigger", "acknowledge", "resolve"], {
    error: "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
  }),
  dedup_key: z.string().max(255, "'dedup_key' is longer than 255 characters").optional(),
  payload: z.unknown().optional(),
  links: z.array(z.looseObject({ href: z.string(), text: z.string().optional() })).optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
});

type Event = z.infer<typeof eventSchema>;
type Payload = z.infer<typeof payloadSchema>;

/** @returns the event, or the errors that PagerDuty would list */
function parseEvent(body: Buffer): { event: Event; payload?: Payload } | { errors: readonly string[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return { errors: ["Invalid JSON"] };
  }
  const event = eventSchema.safeParse(parsed);
  const errors = event.error?.issues.map((issue) => issue.message) ?? [];
  const action = event.data?.event_action;
  if (action === "trigger") {
    const payload = payloadSchema.safeParse(event.data?.payload);
    if (payload.success && event.success) return { event: event.data, payload: payload.data };
    errors.push(...(payload.error?.issues.map((issue) => issue.message) ?? []));
  } else if (event.success && !event.data.dedup_key) {
    errors.push("'dedup_key' is missing or blank");
  }
  return event.success && errors.length === 0 ? { event: event.data } : { errors };
}

/** Incidents by routing key and dedup_key. Events that change an incident which is not open are dropped. */
function createIncidents() {
  const open = new Map<string, number>();
  let last = 0;
  return {
    apply(action: Event["event_action"], key: string): Pick<PagerDutyContent, "effect" | "incident"> {
      const incident = open.get(key);
      if (action === "trigger") {
        if (incident !== undefined) return { effect: "repeated", incident };
        open.set(key, ++last);
        return { effect: "opened", incident: last };
      }
      if (incident === undefined) return { effect: "dropped", incident: 0 };
      if (action === "resolve") open.delete(key);
      return { effect: action === "resolve" ? "resolved" : "acknowledged", incident };
    },
    clear: () => open.clear(),
  };
}

const textOf = (payload: Payload | undefined): string =>
  payload
    ? [
        payload.summary,
        `${payload.severity}, ${payload.source}`,
        JSON.stringify(payload.custom_details, null, 2),
      ]
        .filter(Boolean)
        .join("\n")
    : "";

/** `POST /pagerduty/v2/enqueue`, and `clear` to forget which incidents are open. */
export function createPagerDutyRoutes(
  store: Store,
  faults: Faults,
  clock: Clock,
): { router: Router; clear: () => void } {
  const limiter = createTokenBuckets(clock, EVENTS_PER_MINUTE, EVENTS_PER_MINUTE / 60);
  const incidents = createIncidents();

  const enqueue = (body: Buffer): Answer => {
    const parsed = parseEvent(body);
    if ("errors" in parsed) return invalid(parsed.errors);
    const { event, payload } = parsed;
    const waitMs = limiter.take(event.routing_key);
    if (waitMs > 0) return throttled(Math.ceil(waitMs / 1_000));
    const dedupKey = event.dedup_key || randomUUID();
    const outcome = incidents.apply(event.event_action, `${event.routing_key} ${dedupKey}`);
    store.add("pagerduty", {
      summary: payload?.summary ?? `${event.event_action} ${dedupKey}`,
      text: textOf(payload),
      content: {
        ...(event as Omit<Event, "payload">),
        ...(payload && { payload }),
        dedup_key: dedupKey,
        ...outcome,
      },
    } as Parameters<typeof store.add<"pagerduty">>[1]);
    const answer = { status: "success", message: "Event processed", dedup_key: dedupKey };
    return { status: 202, body: answer, accepted: true };
  };

  const router = Router();
  router.post(
    "/pagerduty/v2/enqueue",
    ...answerWith(faults, "pagerduty", MAX_BYTES, trouble, (_req, body) => enqueue(body)),
  );
  return { router, clear: incidents.clear };
}
