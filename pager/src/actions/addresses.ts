import { type Clock, systemClock } from "@watchkeeper/process/clock";
import type { Message } from "../channels/channel.ts";
import { type GrantedAction, sealGrant } from "./grant.ts";

export interface ActionSettings {
  /** Where people's phones and providers reach this pager, without a slash at its end. */
  readonly publicUrl: string;
  /** Signs the addresses; all replicas have the same. */
  readonly secret: string;
}

/** The addresses that messages carry, each good for one thing. */
export interface ActionAddresses {
  /** Whether a provider can call us back: none on the internet finds an address of this machine. */
  canBeCalledFrom(providerUrl: string): boolean;
  /** A page that asks for one click more; posting to it does it at once. */
  link(message: Message, action: Exclude<GrantedAction, "call">): string;
  /** What Twilio asks for what to say, and tells how the call goes. */
  call(message: Message): { readonly speech: string; readonly status: string };
  /** Told how a text message fares. */
  textStatus(message: Message): string;
}

/** A link in a mail is often read the morning after; on Tuesday, Friday's incident is history. */
const LINK_LIFE_MS = 72 * 60 * 60_000;
/** A call rings at once, and its last status comes when it ends. */
const CALL_LIFE_MS = 60 * 60_000;

const isLoopback = (url: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

export function createActionAddresses(
  { publicUrl, secret }: ActionSettings,
  clock: Clock = systemClock,
): ActionAddresses {
  const seal = ({ incident, deliveryId, to }: Message, action: GrantedAction, lifeMs: number): string =>
    sealGrant(secret, {
      action,
      incidentId: incident.id,
      deliveryId,
      person: to.person,
      expiresAtMs: clock.now() + lifeMs,
    });
  const twilio = (message: Message, what: string): string =>
    `${publicUrl}/actions/twilio/${what}/${seal(message, "call", CALL_LIFE_MS)}`;
  return {
    canBeCalledFrom: (providerUrl) => !isLoopback(publicUrl) || isLoopback(providerUrl),
    link: (message, action) => `${publicUrl}/actions/links/${seal(message, action, LINK_LIFE_MS)}`,
    call: (message) => ({ speech: twilio(message, "speech"), status: twilio(message, "status") }),
    textStatus: (message) => twilio(message, "text-status"),
  };
}
