import { type Request, Router } from "express";
import { type Answer, answerWith, type Trouble } from "./answer.ts";
import { FAULT_RETRY_AFTER_SECONDS, type Faults } from "./faults.ts";
import type { Store } from "./store.ts";

const MAX_BYTES = 1024 * 1024;

const trouble: Trouble = {
  error: { status: 500, body: { error: "internal error" } },
  rateLimit: {
    status: 429,
    body: { error: "too many requests" },
    headers: { "Retry-After": String(FAULT_RETRY_AFTER_SECONDS) },
  },
  tooLarge: { status: 413, body: { error: `the body is larger than ${MAX_BYTES} bytes` } },
};

/** Headers worth showing: the others say nothing about the message. */
const KEPT_HEADER = /^(content-type|user-agent|idempotency-key|x-.*|webhook-.*|.*signature.*)$/;

/** One line for a list: the title that most senders put into their JSON, else the start of the body. */
function summarise(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed && typeof parsed === "object") {
      const fields = parsed as Record<string, unknown>;
      const line = fields.summary ?? fields.title ?? fields.message ?? fields.text;
      if (typeof line === "string") return line.slice(0, 200);
    }
  } catch {
    // Not JSON: the text itself is the summary.
  }
  return body.split("\n")[0]?.slice(0, 200) ?? "";
}

function receive(store: Store, req: Request, buffer: Buffer): Answer {
  const headers = Object.fromEntries(
    Object.entries(req.headers)
      .filter(([name]) => KEPT_HEADER.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
  const name = String(req.params.name);
  const body = buffer.toString("utf8");
  const idempotencyKey = req.get("idempotency-key");
  const signature = Object.entries(headers).find(([header]) => header.includes("signature"));
  const first = store
    .list("webhook")
    .filter(
      ({ content }) => idempotencyKey && content.name === name && content.idempotencyKey === idempotencyKey,
    )
    .at(-1);
  const message = store.add("webhook", {
    summary: summarise(body) || "(empty body)",
    text: body,
    content: {
      name,
      contentType: req.get("content-type") ?? "",
      headers,
      body,
      ...(idempotencyKey && { idempotencyKey }),
      ...(signature && { signature: { header: signature[0], value: signature[1] } }),
      ...(first && { duplicateOf: first.id }),
    },
  });
  return { status: 202, body: { status: "accepted", id: message.id }, accepted: true };
}

/** `POST /webhook/<name>`: a receiver of generic webhooks that takes anything up to 1 MiB. */
export function createWebhookRoutes(store: Store, faults: Faults): Router {
  const router = Router();
  router.post(
    "/webhook/:name",
    ...answerWith(faults, "webhook", MAX_BYTES, trouble, (req, body) => receive(store, req, body)),
  );
  return router;
}
