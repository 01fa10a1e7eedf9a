import express, { type Response, Router } from "express";
import { z } from "zod";
import type { AnswerMessage } from "./answers.ts";
import { type Faults, faultModes } from "./faults.ts";
import { channels } from "./message.ts";
import type { Store } from "./store.ts";

const channelSchema = z.enum(channels);

const faultSchema = z.strictObject({
  mode: z.enum(faultModes),
  count: z.number().int().min(1).max(1_000_000).nullable().default(null),
});

const answerSchema = z.strictObject({
  with: z.string().min(1).max(500),
  as: z
    .string()
    .regex(/^[a-z0-9._-]{1,80}$/, "must be a Slack name such as alice")
    .default("you"),
});

const refuse = (res: Response, error: z.ZodError): void => {
  const [issue] = error.issues;
  const where = issue?.path.join(".") || "the request";
  res.status(400).json({ error: `Cannot use ${where} as ${issue?.message}` });
};

/**
 * What tests and the demo ask the stand-in itself: what was received, forget it, misbehave.
 *
 * @param answerMessage does what a reader does
 * @param clear forgets everything that was received, in all providers
 */
export function createApiRoutes(
  store: Store,
  faults: Faults,
  answerMessage: AnswerMessage,
  clear: () => void,
): Router {
  const router = Router();

  router.get("/healthz", (_req, res) => void res.json({ status: "ok" }));

  router.get("/api/messages", (req, res) => {
    const channel = channelSchema.optional().safeParse(req.query.channel);
    if (!channel.success) return refuse(res, channel.error);
    res.json({ messages: store.list(channel.data) });
  });

  router.delete("/api/messages", (_req, res) => {
    clear();
    res.status(204).end();
  });

  // Only JSON is read: a page of another site cannot send it without asking first, and is not let.
  router.post("/api/messages/:id/answer", express.json({ limit: "4kb" }), async (req, res) => {
    const answer = answerSchema.safeParse(req.body);
    if (!answer.success) return refuse(res, answer.error);
    const message = store.list().find(({ id }) => String(id) === req.params.id);
    if (!message)
      return void res.status(404).json({ error: "Cannot answer this message as it was forgotten" });
    const saw = await answerMessage(message, answer.data);
    if (saw === undefined) {
      const error = `Cannot answer a message of ${message.channel} here: its reader follows its links`;
      return void res.status(400).json({ error });
    }
    res.json({ saw });
  });

  router.get("/api/faults", (_req, res) => {
    res.json(Object.fromEntries(channels.map((channel) => [channel, faults.get(channel)])));
  });

  router.put("/api/faults/:channel", express.json({ limit: "4kb" }), (req, res) => {
    const channel = channelSchema.safeParse(req.params.channel);
    if (!channel.success) return refuse(res, channel.error);
    const fault = faultSchema.safeParse(req.body);
    if (!fault.success) return refuse(res, fault.error);
    faults.set(channel.data, fault.data);
    res.json(fault.data);
  });

  return router;
}
