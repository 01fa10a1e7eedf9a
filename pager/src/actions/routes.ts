import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Router } from "express";
import type { ActOptions } from "./act.ts";
import type { ActionSettings } from "./addresses.ts";
import { createLinkRoutes } from "./links.ts";
import { createSlackActionRoutes, type SlackActionSettings } from "./slack.ts";
import { createTwilioActionRoutes } from "./twilio.ts";

export interface ActionRoutesOptions extends ActOptions {
  readonly consoleUrl: string;
  /** undefined: messages carry no addresses of ours, and none is answered. */
  readonly actions: ActionSettings | undefined;
  /** undefined: messages in Slack have no buttons. */
  readonly slack: SlackActionSettings | undefined;
  readonly twilio: { readonly authToken: string } | undefined;
  readonly clock?: Clock;
}

/** Where the outside world may change incidents: every request proves what it may do by a signature. */
export function createActionRoutes(given: ActionRoutesOptions): Router[] {
  const { actions, slack, twilio, clock = systemClock, ...options } = given;
  return [
    ...(slack ? [createSlackActionRoutes(options, slack, clock)] : []),
    ...(actions ? [createLinkRoutes({ ...options, secret: actions.secret }, clock)] : []),
    ...(actions && twilio ? [createTwilioActionRoutes({ ...options, ...actions, ...twilio }, clock)] : []),
  ];
}
