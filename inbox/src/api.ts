import express, { type Response, Router } from "express";
import { z } from "zod";
import { type Faults, faultModes } from "./faults.ts";
import { channels } from "./message.ts";
import type { Store } from "./store.ts";

const channelSchema = z.enum(channels);

const faultSchema = z.strictObject({
  mode: z.enum(faultModes),
  count: z.number().int().min(1).max(1_000_000).nullable().default(null),
});

const refuse = (res: Response, error: z.ZodError): void => {
  const [issue] = error.issues;
  const where = issue?.path.join(".") || "the request";
  res.status(400).json({ error: `Cannot use ${where} as ${issue?.message}` });
};

/**
 * What tests and the demo ask the stand-in itself: what was received, forget it, misbehave.
 *
 * @param clear forgets everything that was received, in all providers
 */
export function createApiRoutes(store: Store, faults: Faults, clear: () => void): Router {
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
