import { randomBytes } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import { type Request, Router } from "express";
import { z } from "zod";
import { type Answer, answerWith, type Trouble } from "./answer.ts";
import type { Faults } from "./faults.ts";
import type { NtfyContent } from "./message.ts";
import type { Store } from "./store.ts";
import { createTokenBuckets } from "./token-bucket.ts";

/**
 * ntfy as its public server is configured: 60 requests at once and then one every five seconds, 17,280 messages a
 * day, messages of 4,096 bytes (a longer one becomes an attachment, which this server does not take), three action
 * buttons. Its 429 carries a code and no `Retry-After`.
 */
const limits = {
  requestBurst: 60,
  requestsPerSecond: 1 / 5,
  messagesPerDay: 17_280,
  messageBytes: 4_096,
  /** Of the JSON around a message: twice the message, as the server allows. */
  jsonBytes: 2 * 4_096,
  actions: 3,
} as const;

const failure = (code: number, error: string): Answer => {
  const http = Math.floor(code / 100);
  return { status: http, body: { code, http, error, link: "https://ntfy.sh/docs/publish/" } };
};

const tooManyRequests = failure(42901, "limit reached: too many requests, please be nice");
const tooManyMessages = failure(42908, "limit reached: too many messages");

const trouble: Trouble = {
  error: failure(50001, "internal server error"),
  rateLimit: tooManyRequests,
  tooLarge: failure(41303, "JSON body too large"),
};

const topic = z.string().regex(/^[-_A-Za-z0-9]{1,64}$/);
const webUrl = z.url({ protocol: /^https?$/ });

const action = z.looseObject({
  action: z.enum(["view", "http"]),
  label: z.string().min(1),
  url: webUrl,
  method: z.enum(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  clear: z.boolean().optional(),
});

const publication = z.looseObject({
  topic,
  message: z.string().default(""),
  title: z.string().optional(),
  tags: z.array(z.string()).default([]),
  priority: z.number().int().min(0).max(5).default(3),
  click: webUrl.optional(),
  actions: z.array(action).max(limits.actions).default([]),
  sequence_id: topic.optional(),
});

type Publication = z.infer<typeof publication>;

/** ntfy's code for the first thing that is wrong. */
const REFUSALS: Readonly<Record<string, Answer>> = {
  topic: failure(40009, "invalid request: topic invalid"),
  priority: failure(40007, "invalid priority parameter"),
  actions: failure(40018, "invalid request: actions invalid"),
  sequence_id: failure(40049, "invalid request: sequence ID invalid"),
};
const invalidJson = failure(40017, "invalid request: request body must be message JSON");

function parsePublication(fields: unknown): Publication | { readonly refusal: Answer } {
  const result = publication.safeParse(fields);
  if (!result.success) {
    return { refusal: REFUSALS[String(result.error.issues[0]?.path[0])] ?? invalidJson };
  }
  if (Buffer.byteLength(result.data.message) > limits.messageBytes) {
    return { refusal: failure(41301, "attachment too large, or bandwidth limit reached") };
  }
  return result.data;
}

function parseJsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** A publication as headers around a plain body; every header also has short names. */
function fieldsOfHeaders(req: Request, body: Buffer): unknown {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => req.get(name)).find((value) => value !== undefined);
  const priority = first("x-priority", "priority", "p");
  const names = ["min", "low", "default", "high", "max"];
  const actions = first("x-actions", "actions");
  const click = first("x-click", "click");
  const sequence = req.params.sequence ?? first("x-sequence-id", "sequence-id", "sid");
  return {
    topic: req.params.topic,
    message: body.toString("utf8"),
    ...(first("x-title", "title", "t") !== undefined && { title: first("x-title", "title", "t") }),
    ...(priority !== undefined && {
      priority: names.includes(priority)
        ? names.indexOf(priority) + 1
        : priority === "urgent"
          ? 5
          : Number(priority),
    }),
    tags: (first("x-tags", "tags", "ta") ?? "").split(",").filter((tag) => tag !== ""),
    ...(click !== undefined && { click }),
    // Only the JSON form of action headers is understood here.
    ...(actions !== undefined && { actions: parseJsonBody(Buffer.from(actions)) ?? "" }),
    ...(sequence !== undefined && { sequence_id: sequence }),
  };
}

const ID = /^(?:Bearer\s+tk_\w+|Basic\s+\S+)$/;

/**
 * `POST /ntfy` with JSON, `POST` or `PUT /ntfy/<topic>` and `/ntfy/<topic>/<sequence id>` with headers: the publishing
 * half of an ntfy server of version 2.16 or newer. A publication with the sequence id of an earlier one replaces it,
 * as it would on the phone. Any credentials of the right form will do, and none too.
 */
export function createNtfyRoutes(store: Store, faults: Faults, clock: Clock): Router {
  const requests = createTokenBuckets(clock, limits.requestBurst, limits.requestsPerSecond);
  const messages = createTokenBuckets(clock, limits.messagesPerDay, limits.messagesPerDay / 86_400);

  const publish = (req: Request, fields: unknown): Answer => {
    const visitor = req.ip ?? "";
    if (requests.take(visitor) > 0) return tooManyRequests;
    const authorization = req.get("authorization");
    if (authorization !== undefined && !ID.test(authorization)) return failure(40101, "unauthorized");
    const parsed = parsePublication(fields);
    if ("refusal" in parsed) return parsed.refusal as Answer;
    if (parsed.topic.startsWith("no-such-")) return failure(40301, "forbidden");
    if (messages.take(visitor) > 0) return tooManyMessages;

    const id = randomBytes(9).toString("base64url").replaceAll(/[-_]/g, "x");
    const { title, click, tags, actions } = parsed;
    const message = parsed.message || "triggered";
    const content: NtfyContent = {
      id,
      topic: parsed.topic,
      sequence_id: parsed.sequence_id ?? id,
      message,
      priority: parsed.priority || 3,
      tags,
      actions,
      pressed: [],
      ...(title !== undefined && { title }),
      ...(click !== undefined && { click }),
    };
    const draft = {
      summary: title ?? message.split("\n")[0]?.slice(0, 200) ?? "",
      text: [title, message].filter(Boolean).join("\n"),
      content,
    };
    const earlier = store
      .list("ntfy")
      .find(
        (other) => other.content.topic === content.topic && other.content.sequence_id === content.sequence_id,
      );
    if (earlier) {
      store.revise(earlier, { ...draft, content: { ...content, pressed: earlier.content.pressed } });
    } else store.add("ntfy", draft);
    const { pressed: _, ...shown } = content;
    const time = Math.floor(clock.now() / 1_000);
    return {
      status: 200,
      body: { ...shown, time, expires: time + 43_200, event: "message" },
      accepted: true,
    };
  };

  const router = Router();
  router.post(
    "/ntfy",
    ...answerWith(faults, "ntfy", limits.jsonBytes, trouble, (req, body) =>
      publish(req, parseJsonBody(body)),
    ),
  );
  const withHeaders = answerWith(faults, "ntfy", limits.jsonBytes, trouble, (req, body) =>
    publish(req, fieldsOfHeaders(req, body)),
  );
  router.post(["/ntfy/:topic", "/ntfy/:topic/:sequence"], ...withHeaders);
  router.put(["/ntfy/:topic", "/ntfy/:topic/:sequence"], ...withHeaders);
  return router;
}
