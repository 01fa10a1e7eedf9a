import { type Clock, systemClock } from "@watchkeeper/process/clock";
import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import { type ActOptions, act, sentenceOf } from "./act.ts";
import { verifySlack } from "./slack-signature.ts";

export interface SlackActionSettings {
  readonly signingSecret: string;
  /** Slack's Web API or a stand-in's: answers go to Slack, or to where the stand-in is, and nowhere else. */
  readonly apiUrl: string;
  /** The person with a member ID of Slack; undefined: they are shown as Slack calls them. */
  readonly personOf?: ((slackUser: string) => string | undefined) | undefined;
}

/** Slack gives up after three seconds; by then it has been told that the press arrived. */
const ANSWER_WITHIN_MS = 2_000;
const RESPOND_WITHIN_MS = 5_000;
const MAX_BYTES = "1mb";

const payloadSchema = z.looseObject({
  type: z.literal("block_actions"),
  user: z.looseObject({
    id: z.string().min(1).max(50),
    username: z.string().max(100).optional(),
    name: z.string().max(100).optional(),
  }),
  response_url: z.url().optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string().max(255),
        action_ts: z.string().max(50),
        value: z.string().max(2_000).optional(),
        selected_option: z.looseObject({ value: z.string().max(150) }).nullish(),
      }),
    )
    .min(1)
    .max(25),
});
type Payload = z.infer<typeof payloadSchema>;
type Pressed = Payload["actions"][number];

const choice = z.object({ incident: z.uuid(), minutes: z.coerce.number().int().min(1).max(10_080) });

/** A button carries the incident; a choice of the snooze carries `<incident>/<minutes>`. */
function readPress(
  pressed: Pressed,
): { button: "acknowledge" | "resolve" | "snooze"; incident: string; minutes?: number } | undefined {
  const { action_id: button, value = "", selected_option: selected } = pressed;
  if (button === "snooze") {
    const [incident, minutes] = (selected?.value ?? "").split("/");
    const parsed = choice.safeParse({ incident, minutes });
    return parsed.success ? { button, ...parsed.data } : undefined;
  }
  if (button !== "acknowledge" && button !== "resolve") return undefined;
  return z.uuid().safeParse(value).success ? { button, incident: value } : undefined;
}

function parsePayload(body: Buffer): Payload | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(new URLSearchParams(body.toString("utf8")).get("payload") ?? "");
  } catch {
    return { problem: "it has no payload of JSON" };
  }
  const parsed = payloadSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join(".") || "it"}: ${issue?.message}` };
}

const refuse = (res: Response, status: number, code: string, message: string): void =>
  void res.status(status).json({ error: { code, message } });

/**
 * `POST /actions/slack`: the request URL of Slack's interactivity. It is answered within three seconds; whoever
 * pressed is told alone when nothing came of it, and the message itself shows what did.
 */
export function createSlackActionRoutes(
  options: ActOptions,
  { signingSecret, apiUrl, personOf }: SlackActionSettings,
  clock: Clock = systemClock,
): Router {
  const { log } = options;
  const api = new URL(apiUrl);
  /** The address comes from a payload: it must lead to Slack. */
  const isSlack = (address: string): boolean => {
    const { protocol, hostname, origin } = new URL(address);
    return (protocol === "https:" && hostname === "hooks.slack.com") || origin === api.origin;
  };

  const tellAlone = async (address: string | undefined, text: string): Promise<void> => {
    if (address === undefined || !isSlack(address)) return;
    try {
      await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text }),
        redirect: "manual",
        signal: AbortSignal.timeout(RESPOND_WITHIN_MS),
      });
    } catch (error) {
      log.warn({ err: error }, "whoever pressed in Slack could not be told");
    }
  };

  const take = async (payload: Payload, pressed: Pressed): Promise<void> => {
    const press = readPress(pressed);
    // A link's button is pressed too, and asks for nothing.
    if (!press) return;
    const { user, response_url: address } = payload;
    try {
      const origin = {
        actor: personOf?.(user.id) ?? user.username ?? user.name ?? user.id,
        source: "slack",
        requestKey: `slack:${user.id}:${press.button}:${pressed.action_ts}`,
      } as const;
      const result = await act(options, press.incident, press.button, origin, press.minutes);
      if (!result.done) await tellAlone(address, sentenceOf(press.button, result));
    } catch (error) {
      log.error({ err: error }, "a button of Slack came to nothing");
      await tellAlone(address, "Watchkeeper cannot do this right now: press again in a minute.");
    }
  };

  const handle = async (req: Request, res: Response): Promise<void> => {
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const verdict = verifySlack(
      signingSecret,
      {
        timestamp: req.get("x-slack-request-timestamp") ?? "",
        signature: req.get("x-slack-signature") ?? "",
        body,
      },
      clock.now(),
    );
    if (!verdict.genuine) {
      log.warn({ reason: verdict.reason }, "a request that claims to be Slack's was refused");
      return refuse(
        res,
        401,
        "unauthorized",
        "Cannot take this as Slack's: its signature is missing, old or wrong",
      );
    }
    const payload = parsePayload(body);
    if ("problem" in payload) {
      return refuse(res, 400, "bad_request", `Cannot read this payload as ${payload.problem}`);
    }
    const work = Promise.all(payload.actions.map((pressed) => take(payload, pressed)));
    const timer = new AbortController();
    await Promise.race([work, systemClock.sleep(ANSWER_WITHIN_MS, timer.signal)]);
    timer.abort();
    res.status(200).end();
  };

  const router = Router();
  router.post("/actions/slack", express.raw({ type: () => true, limit: MAX_BYTES }), handle);
  return router;
}
