import type { ActionAddresses } from "../actions/addresses.ts";
import type { PagerSettings } from "../settings.ts";
import type { Channel, Outcome } from "./channel.ts";
import type { ChannelName } from "./channel-name.ts";
import { createEmailChannel } from "./email.ts";
import { createNtfyChannel } from "./ntfy.ts";
import { createPagerDutyChannel } from "./pagerduty.ts";
import { createSlackChannel } from "./slack.ts";
import { createSmsChannel } from "./sms.ts";
import type { TwilioSettings } from "./twilio.ts";
import { createVoiceChannel } from "./voice.ts";
import { createWebhookChannel } from "./webhook.ts";

/** Providers echo what they were sent; a reason is shown to people and written into logs. */
function withoutSecrets(channel: Channel, secrets: readonly string[]): Channel {
  const redact = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
  const clean = (outcome: Outcome): Outcome =>
    "reason" in outcome ? { ...outcome, reason: redact(outcome.reason) } : outcome;
  return {
    ...channel,
    send: async (message, signal) => {
      try {
        return clean(await channel.send(message, signal));
      } catch (error) {
        throw new Error(redact(error instanceof Error ? error.message : String(error)));
      }
    },
  };
}

/** Shorter ones would redact ordinary words. */
const MIN_SECRET = 4;

/** The password of a URL, as written and as meant, and the whole URL. */
const urlSecrets = (text: string): readonly string[] => {
  const { password } = new URL(text);
  return [text, password, decodeURIComponent(password)];
};

/** The token, as it is and as it travels. */
const twilioSecrets = ({ accountSid, authToken }: TwilioSettings): readonly string[] => [
  authToken,
  Buffer.from(`${accountSid}:${authToken}`).toString("base64"),
];

/** What channels ask of the pager around them. */
export interface ChannelContext {
  /** The addresses by which readers act; undefined: messages carry none, and nobody is called. */
  readonly addresses?: ActionAddresses | undefined;
  /** The call that a delivery led to, if its provider has told of one. */
  readonly findCall?: (deliveryId: string) => Promise<string | undefined>;
}

/**
 * The channels that are set up, by name. A new channel is one file beside this one, its settings, and a line here.
 *
 * @param install names this installation in keys shared with providers
 */
export function createChannels(
  { slack, email, pagerduty, ntfy, twilio, webhook }: PagerSettings["channels"],
  install: string,
  { addresses, findCall = async () => undefined }: ChannelContext = {},
): ReadonlyMap<ChannelName, Channel> {
  // Twilio refuses a message whose callback it cannot reach, and nobody would hear a call without words.
  const forTwilio = twilio && addresses?.canBeCalledFrom(twilio.url) ? addresses : undefined;
  const all = [
    slack && ([createSlackChannel(slack), [slack.token, slack.signingSecret ?? ""]] as const),
    email && ([createEmailChannel(email, addresses), urlSecrets(email.url)] as const),
    ntfy && ([createNtfyChannel(ntfy, addresses), [ntfy.token ?? "", ...urlSecrets(ntfy.url)]] as const),
    twilio && ([createSmsChannel(twilio, forTwilio), twilioSecrets(twilio)] as const),
    twilio &&
      forTwilio &&
      ([createVoiceChannel(twilio, forTwilio, findCall), twilioSecrets(twilio)] as const),
    pagerduty && ([createPagerDutyChannel({ ...pagerduty, install }), [pagerduty.routingKey]] as const),
    webhook && ([createWebhookChannel(webhook), [webhook.secret, ...urlSecrets(webhook.url)]] as const),
  ];
  return new Map(
    all.flatMap((entry) => {
      if (!entry) return [];
      const [channel, secrets] = entry;
      const long = secrets
        .filter((secret) => secret.length >= MIN_SECRET)
        .sort((a, b) => b.length - a.length);
      return [[channel.name, withoutSecrets(channel, long)] as const];
    }),
  );
}
