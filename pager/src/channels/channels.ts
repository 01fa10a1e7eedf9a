import type { ChannelName } from "../routes.ts";
import type { PagerSettings } from "../settings.ts";
import type { Channel, Outcome } from "./channel.ts";
import { createEmailChannel } from "./email.ts";
import { createPagerDutyChannel } from "./pagerduty.ts";
import { createSlackChannel } from "./slack.ts";
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

/**
 * The channels that are set up, by name. A new channel is one file beside this one, its settings, and a line here.
 *
 * @param install names this installation in keys shared with providers
 */
export function createChannels(
  { slack, email, pagerduty, webhook }: PagerSettings["channels"],
  install: string,
): ReadonlyMap<ChannelName, Channel> {
  const all = [
    slack && ([createSlackChannel(slack), [slack.token]] as const),
    email && ([createEmailChannel(email), urlSecrets(email.url)] as const),
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
