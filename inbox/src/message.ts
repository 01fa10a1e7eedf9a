/** What each provider keeps of a message, in the words of its own protocol. */
export interface SlackContent {
  /** Id such as C0123456789. */
  readonly channel: string;
  /** Name without the leading #. */
  readonly channel_name: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Json[];
  readonly attachments?: readonly Json[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Json };
  readonly username?: string;
  readonly icon_emoji?: string;
  /** What Slack showed to one person alone, as answers to what they pressed; the last few. */
  readonly ephemeral?: readonly { readonly at: string; readonly user: string; readonly text: string }[];
}

export interface EmailContent {
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
  readonly from: string;
  /** The recipients of the envelope: where the mail really went. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly { readonly filename: string; readonly bytes: number }[];
}

export interface PagerDutyContent {
  readonly routing_key: string;
  readonly event_action: "trigger" | "acknowledge" | "resolve";
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly custom_details?: Json | undefined;
  };
  readonly links?: readonly { readonly href: string; readonly text?: string | undefined }[];
  readonly client?: string;
  readonly client_url?: string;
  /** What the event did; `dropped` when it asked to change an incident that is not open. */
  readonly effect: "opened" | "repeated" | "acknowledged" | "resolved" | "dropped";
  /** Number of the incident that the event belongs to; 0 when it was dropped. */
  readonly incident: number;
}

export interface WebhookContent {
  /** Last part of the address that was called. */
  readonly name: string;
  readonly contentType: string;
  readonly idempotencyKey?: string;
  /** The header that carries the signature, in lower case, and its value. */
  readonly signature?: { readonly header: string; readonly value: string };
  readonly headers: Readonly<Record<string, string>>;
  /** The body exactly as received. */
  readonly body: string;
  /** An earlier request with the same Idempotency-Key: a real receiver would not have acted on this one. */
  readonly duplicateOf?: number;
}

/** A push notification, in the words of ntfy's JSON. */
export interface NtfyContent {
  readonly id: string;
  readonly topic: string;
  /** The notification that this one replaces on the phone, or its own id. */
  readonly sequence_id: string;
  readonly title?: string;
  readonly message: string;
  /** 1 (min) to 5 (max: rings through silent mode). */
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions: readonly NtfyAction[];
  /** What came of the buttons that were pressed; the last few. */
  readonly pressed: readonly Pressed[];
}

export interface NtfyAction {
  readonly action: "view" | "http";
  readonly label: string;
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Whether the notification disappears once the button has worked. */
  readonly clear?: boolean | undefined;
}

/** A reader's answer to a message, and what they saw happen. */
export interface Pressed {
  readonly at: string;
  readonly what: string;
  readonly saw: string;
}

/** What the stand-in for Twilio keeps of a text message or a call, in the words of its REST API. */
export interface TwilioContent {
  readonly sid: string;
  readonly account_sid: string;
  readonly to: string;
  readonly from: string;
  readonly status: string;
  /** Of text messages. */
  readonly body?: string;
  /** Parts of 160 (GSM-7) or 70 (UCS-2) characters that the sender pays for. */
  readonly num_segments?: number;
  /** Of calls: where Twilio asks what to say. */
  readonly url?: string;
  readonly status_callback?: string;
  /** Which steps of a call are told; the end always is. */
  readonly status_callback_event?: readonly string[];
  /** Both sides, oldest first: replies, keys and what the voice said. */
  readonly conversation: readonly {
    readonly at: string;
    readonly who: "us" | "them";
    readonly text: string;
  }[];
  /** Keys that the voice waits for, while it does. */
  readonly gather?: { readonly action: string; readonly digits: number };
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Contents {
  readonly slack: SlackContent;
  readonly email: EmailContent;
  readonly pagerduty: PagerDutyContent;
  readonly webhook: WebhookContent;
  readonly ntfy: NtfyContent;
  readonly sms: TwilioContent;
  readonly voice: TwilioContent;
}

export type Channel = keyof Contents;

export const channels = [
  "slack",
  "email",
  "ntfy",
  "sms",
  "voice",
  "pagerduty",
  "webhook",
] as const satisfies readonly Channel[];

/** What a person sees of a message; the rest belongs to the store. */
export interface Draft<Name extends Channel> {
  /** One line. */
  readonly summary: string;
  /** Everything readable, without markup. */
  readonly text: string;
  readonly content: Contents[Name];
}

/** An earlier text of a message that was changed later. */
export interface Revision {
  readonly at: string;
  readonly text: string;
}

export interface MessageOf<Name extends Channel> extends Draft<Name> {
  readonly id: number;
  readonly channel: Name;
  /** ISO 8601, like every time here. */
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** How often it was changed after it was received. */
  readonly revisions: number;
  /** What it said before, oldest first; the last twenty. */
  readonly previous: readonly Revision[];
}

export type Message = { [Name in Channel]: MessageOf<Name> }[Channel];
