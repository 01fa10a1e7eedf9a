import type { Request } from "express";
import { z } from "zod";
import type { Json } from "../message.ts";

/** Arguments that are JSON inside a form field. */
const JSON_ARGUMENTS = ["blocks", "attachments", "metadata"];

const json: z.ZodType<Json> = z.json();

/** Form fields are text: `true` and `1` both mean yes there. */
const flag = z.preprocess(
  (value) => (typeof value === "string" ? value === "true" || value === "1" : value),
  z.boolean(),
);

const metadata = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), json) });

export const writeArguments = z.looseObject({
  channel: z.string().min(1),
  text: z.string().default(""),
  blocks: z.array(json).max(1_000).optional(),
  attachments: z.array(json).max(100).optional(),
  metadata: metadata.optional(),
  username: z.string().optional(),
  icon_emoji: z.string().optional(),
});

export const postArguments = writeArguments.extend({ thread_ts: z.string().optional() });
export const updateArguments = writeArguments.extend({ ts: z.string() });

export const historyArguments = z.looseObject({
  channel: z.string().min(1),
  oldest: z.coerce.string().default("0"),
  latest: z.coerce.string().optional(),
  inclusive: flag.default(false),
  include_all_metadata: flag.default(false),
  limit: z.coerce.number().int().min(1).max(999).default(100),
});

export const repliesArguments = historyArguments.extend({ ts: z.string() });

export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentError(name === "metadata" ? "invalid_metadata_format" : `invalid_${name}_format`);
  }
}

/**
 * The arguments of a call, which Slack takes as a query, a form or a JSON body.
 *
 * @throws ArgumentError whose message is Slack's error code
 */
export function readArguments(req: Request, body: Buffer): Record<string, unknown> {
  const type = req.get("content-type") ?? "";
  const text = body.toString("utf8");
  if (type.startsWith("application/json")) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new ArgumentError("invalid_json");
    }
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new ArgumentError("json_not_object");
    }
    const fields = parsed as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        JSON_ARGUMENTS.includes(name) && typeof value === "string" ? parseJson(name, value) : value,
      ]),
    );
  }
  if (text !== "" && !type.startsWith("application/x-www-form-urlencoded")) {
    throw new ArgumentError("invalid_post_type");
  }
  const query = new URL(req.originalUrl, "http://localhost").searchParams;
  return Object.fromEntries(
    [...query, ...new URLSearchParams(text)].map(([name, value]) => [
      name,
      JSON_ARGUMENTS.includes(name) ? parseJson(name, value) : value,
    ]),
  );
}

/** @returns the bearer token of the header or, as Slack also allows, of the arguments */
export function readToken(req: Request, args: Readonly<Record<string, unknown>>): string | undefined {
  const header = /^Bearer\s+(\S+)$/i.exec(req.get("authorization") ?? "")?.[1];
  return header ?? (typeof args.token === "string" ? args.token : undefined);
}
