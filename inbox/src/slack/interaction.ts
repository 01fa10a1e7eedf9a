import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import express, { Router } from "express";
import { z } from "zod";
import { callBack } from "../callbacks.ts";
import type { Json, MessageOf } from "../message.ts";
import type { Store } from "../store.ts";
import { workspace } from "./workspace.ts";

export interface SlackApp {
  /** Where the app asked for interactions to be sent to. */
  readonly requestUrl: string;
  readonly signingSecret: string;
}

/** Slack shows a warning beside a button whose press is not answered in this time. */
const PATIENCE_MS = 3_000;
/** A response URL takes five answers within half an hour. */
const RESPONSES = 5;
const RESPONSE_LIFE_MS = 30 * 60_000;
const MAX_RESPONSE_URLS = 500;
const KEPT_EPHEMERAL = 5;

const fieldsOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** Something on a message that can be pressed, with the choice that was made where it has some. */
interface Pressable {
  readonly blockId: string;
  readonly element: { readonly [key: string]: Json };
  readonly option?: Json;
}

/** @param what an `action_id`, or `action_id=value` for one choice of a select */
function findPressable(blocks: readonly Json[], what: string): Pressable | undefined {
  const [id, ...rest] = what.split("=");
  const value = rest.join("=");
  for (const [index, json] of blocks.entries()) {
    const block = fieldsOf(json);
    for (const element of [...listOf(block.elements), block.accessory].map(fieldsOf)) {
      if (element.action_id !== id) continue;
      const blockId = typeof block.block_id === "string" ? block.block_id : `b${index}`;
      if (element.type === "button") return { blockId, element };
      const option = listOf(element.options).find((one) => fieldsOf(one).value === value);
      return option === undefined ? undefined : { blockId, element, option };
    }
  }
  return undefined;
}

const responseSchema = z.looseObject({
  text: z.string().default(""),
  response_type: z.enum(["ephemeral", "in_channel"]).default("ephemeral"),
  replace_original: z.boolean().default(false),
});

export interface SlackInteractions {
  readonly router: Router;
  /** @returns what the one who pressed sees: an ephemeral answer, a warning, or nothing */
  press(message: MessageOf<"slack">, what: string, userName: string): Promise<string>;
}

/** A person pressing a button of a message: Slack posts a signed `block_actions` payload to the app's request URL. */
export function createSlackInteractions(
  store: Store,
  clock: Clock,
  app: SlackApp | undefined,
  ownUrl: () => string,
): SlackInteractions {
  const responses = new Map<string, { id: number; user: string; left: number; untilMs: number }>();

  const openResponse = (id: number, user: string): string => {
    if (responses.size >= MAX_RESPONSE_URLS) responses.delete(responses.keys().next().value ?? "");
    const key = randomBytes(18).toString("base64url");
    responses.set(key, { id, user, left: RESPONSES, untilMs: clock.now() + RESPONSE_LIFE_MS });
    return `${ownUrl()}/slack/actions/${workspace.team_id}/${key}`;
  };

  const payloadOf = (message: MessageOf<"slack">, pressed: Pressable, userName: string): object => {
    const { content } = message;
    const seconds = clock.now() / 1_000;
    const { type, action_id, text, value, style, url } = pressed.element;
    const user = { id: userIdOf(userName), username: userName, name: userName, team_id: workspace.team_id };
    return {
      type: "block_actions",
      user,
      api_app_id: "A0STANDIN0",
      token: "deprecated",
      container: {
        type: "message",
        message_ts: content.ts,
        channel_id: content.channel,
        is_ephemeral: false,
      },
      trigger_id: `${Math.floor(seconds)}.${randomBytes(8).toString("hex")}`,
      team: { id: workspace.team_id, domain: "stand-in" },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: content.channel, name: content.channel_name },
      message: { type: "message", ...content },
      state: { values: {} },
      response_url: openResponse(message.id, userName),
      actions: [
        {
          type,
          action_id,
          block_id: pressed.blockId,
          ...(text !== undefined && { text }),
          ...(value !== undefined && { value }),
          ...(style !== undefined && { style }),
          ...(url !== undefined && { url }),
          ...(pressed.option !== undefined && { selected_option: pressed.option }),
          action_ts: seconds.toFixed(6),
        },
      ],
    };
  };

  const router = Router();
  router.post("/slack/actions/:team/:key", express.json({ limit: "100kb", type: () => true }), (req, res) => {
    const response = responses.get(String(req.params.key));
    if (!response || response.untilMs < clock.now()) {
      return void res.status(404).json({ ok: false, error: "expired_url" });
    }
    if (response.left-- <= 0) return void res.status(404).json({ ok: false, error: "used_url" });
    const body = responseSchema.safeParse(req.body);
    const message = store.list("slack").find(({ id }) => id === response.id);
    if (!body.success || !message) return void res.status(500).json({ ok: false, error: "invalid_payload" });
    const shown = { at: new Date(clock.now()).toISOString(), user: response.user, text: body.data.text };
    const ephemeral = [...(message.content.ephemeral ?? []), shown].slice(-KEPT_EPHEMERAL);
    store.amend(message, { ...message.content, ephemeral });
    res.type("text").send("ok");
  });

  return {
    router,
    async press(message, what, userName) {
      const pressed = findPressable(message.content.blocks ?? [], what);
      if (!pressed) return `the message has nothing called ${what}`;
      if (!app) return "the app has no request URL: Slack shows a warning";
      const form = new URLSearchParams({ payload: JSON.stringify(payloadOf(message, pressed, userName)) });
      const body = form.toString();
      const stamp = String(Math.floor(clock.now() / 1_000));
      const mac = createHmac("sha256", app.signingSecret).update(`v0:${stamp}:${body}`).digest("hex");
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": `v0=${mac}`,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      };
      const answer = await callBack(app.requestUrl, { method: "POST", headers, body }, PATIENCE_MS);
      return answer.status === 200 ? "" : `Slack shows a warning: ${answer.status || answer.text}`;
    },
  };
}

/** The same person has the same id each time. */
export const userIdOf = (name: string): string =>
  `U0${Buffer.from(name).toString("hex").toUpperCase().slice(0, 9).padEnd(9, "0")}`;
