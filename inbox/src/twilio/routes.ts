import { randomBytes } from "node:crypto";
import type { Clock } from "@watchkeeper/process/clock";
import { type Request, type RequestHandler, Router } from "express";
import { z } from "zod";
import { type Answer, answerWith, type Trouble } from "../answer.ts";
import type { Faults } from "../faults.ts";
import type { MessageOf, TwilioContent } from "../message.ts";
import type { Store } from "../store.ts";
import { createTokenBuckets } from "../token-bucket.ts";
import type { Phones } from "./phones.ts";

/**
 * Twilio's REST API for messages and calls. A body has at most 1,600 characters. How many requests are too many is
 * not published; here it is a hundred a second for an account. Texts that a number sends are taken at any speed and
 * leave at one a second, as Twilio queues them.
 */
const limits = { body: 1_600, requestsAtOnce: 100, requestsPerSecond: 100 } as const;
const MAX_BYTES = 64 * 1024;

const failure = (status: number, code: number, message: string): Answer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const trouble: Trouble = {
  error: failure(500, 20500, "Internal Server Error"),
  rateLimit: failure(429, 20429, "Too Many Requests"),
  tooLarge: failure(413, 20413, "Request entity too large"),
};

/** Numbers that Twilio itself reserves for trying out refusals. */
const MAGIC: Readonly<Record<string, readonly [code: number, message: string]>> = {
  "+15005550001": [21211, "The 'To' number +15005550001 is not a valid phone number."],
  "+15005550002": [21612, "The 'To' phone number: +15005550002, is not currently reachable."],
  "+15005550003": [
    21408,
    "Permission to send an SMS has not been enabled for the region of the 'To' number.",
  ],
  "+15005550004": [21610, "Attempt to send to unsubscribed recipient"],
  "+15005550009": [21614, "'To' number is not a valid mobile number"],
};

const phone = z.string().regex(/^\+[1-9]\d{6,14}$/);
const webUrl = z.url({ protocol: /^https?$/ });

/** Credentials of the right form; any token will do. @returns the auth token, which also signs what is called back */
function tokenOf(req: Request): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? "";
  const [user = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const token = rest.join(":");
  return /^(AC|SK)[0-9a-f]{32}$/.test(user) && token !== "" ? token : undefined;
}

const sid = (prefix: "SM" | "CA"): string => prefix + randomBytes(16).toString("hex");

const rfc2822 = (iso: string): string => new Date(iso).toUTCString().replace("GMT", "+0000");

const shownMessage = ({ content, receivedAt }: MessageOf<"sms">): object => ({
  sid: content.sid,
  account_sid: content.account_sid,
  api_version: "2010-04-01",
  body: content.body,
  from: content.from,
  to: content.to,
  status: content.status,
  direction: "outbound-api",
  num_segments: String(content.num_segments),
  error_code: null,
  error_message: null,
  date_created: rfc2822(receivedAt),
  date_sent: rfc2822(receivedAt),
});

const shownCall = ({ content, receivedAt }: MessageOf<"voice">): object => ({
  sid: content.sid,
  account_sid: content.account_sid,
  api_version: "2010-04-01",
  from: content.from,
  to: content.to,
  status: content.status,
  direction: "outbound-api",
  date_created: rfc2822(receivedAt),
  start_time: rfc2822(receivedAt),
});

/** GSM-7 takes 160 characters in one part and 153 in each of several; anything else 70 and 67. */
function segmentsOf(body: string): number {
  const gsm = /^[\w\s@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[\]~|€]*$/.test(body);
  const [one, many] = gsm ? [160, 153] : [70, 67];
  return body.length <= one ? 1 : Math.ceil(body.length / many);
}

/** What both kinds of a request must have. */
function partiesOf(
  form: URLSearchParams,
  codes: { readonly to: number; readonly from: number },
): Answer | TwilioParties {
  const to = form.get("To");
  const from = form.get("From");
  if (!to) return failure(400, codes.to, "A 'To' phone number is required.");
  if (!from) return failure(400, codes.from, "A 'From' phone number is required.");
  const magic = MAGIC[to];
  if (magic) return failure(400, ...magic);
  if (!phone.safeParse(to).success)
    return failure(400, 21211, `The 'To' number ${to} is not a valid phone number.`);
  if (!phone.safeParse(from).success) {
    return failure(400, 21212, `The 'From' number ${from} is not a valid phone number or shortcode.`);
  }
  const callback = form.get("StatusCallback");
  if (callback !== null && !webUrl.safeParse(callback).success) {
    return failure(400, 21609, "The 'StatusCallback' URL is not a valid URL.");
  }
  return { to, from, ...(callback !== null && { status_callback: callback }) };
}
type TwilioParties = Pick<TwilioContent, "to" | "from" | "status_callback">;
const isAnswer = (value: Answer | TwilioParties): value is Answer => "body" in value;

/** `/twilio/2010-04-01/Accounts/<sid>/Messages.json` and `…/Calls.json`: create with POST, list with GET. */
export function createTwilioRoutes(store: Store, faults: Faults, clock: Clock, phones: Phones): Router {
  const requests = createTokenBuckets(clock, limits.requestsAtOnce, limits.requestsPerSecond);

  const admitted =
    (handle: (account: string, token: string, req: Request, body: Buffer) => Answer) =>
    (req: Request, body: Buffer): Answer => {
      const account = String(req.params.account);
      const token = tokenOf(req);
      if (token === undefined) return failure(401, 20003, "Authenticate");
      if (!/^AC[0-9a-f]{32}$/.test(account)) {
        return failure(404, 20404, `The requested resource /2010-04-01/Accounts/${account} was not found`);
      }
      return requests.take(account) > 0 ? trouble.rateLimit : handle(account, token, req, body);
    };
  const formOf = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString("utf8"));

  const createMessage = (account: string, token: string, _req: Request, raw: Buffer): Answer => {
    const form = formOf(raw);
    const parties = partiesOf(form, { to: 21604, from: 21603 });
    if (isAnswer(parties)) return parties;
    const body = form.get("Body") ?? "";
    if (body === "") return failure(400, 21602, "Message body is required.");
    if (body.length > limits.body) {
      return failure(400, 21617, "The concatenated message body exceeds the 1600 character limit");
    }
    const content = {
      sid: sid("SM"),
      account_sid: account,
      ...parties,
      status: "queued",
      body,
      num_segments: segmentsOf(body),
      conversation: [],
    };
    const message = store.add("sms", {
      summary: body.split("\n")[0]?.slice(0, 200) ?? "",
      text: body,
      content,
    });
    phones.textArrives(message, token);
    return { status: 201, body: shownMessage(message), accepted: true };
  };

  const createCall = (account: string, token: string, _req: Request, raw: Buffer): Answer => {
    const form = formOf(raw);
    const parties = partiesOf(form, { to: 21201, from: 21213 });
    if (isAnswer(parties)) return parties;
    const url = form.get("Url");
    if (url === null) return failure(400, 21205, "Url parameter is required.");
    if (!webUrl.safeParse(url).success) return failure(400, 21205, `Url is not a valid URL: ${url}`);
    const events = form.getAll("StatusCallbackEvent");
    const content = {
      sid: sid("CA"),
      account_sid: account,
      ...parties,
      status: "ringing",
      url,
      status_callback_event: events,
      conversation: [],
    };
    const call = store.add("voice", { summary: `Call to ${parties.to}`, text: "", content });
    phones.callArrives(call, token);
    return { status: 201, body: shownCall(call), accepted: true };
  };

  const since = (req: Request, name: string): number => {
    const value = req.query[`${name}>`] ?? req.query[name];
    return typeof value === "string" ? Date.parse(value) : 0;
  };
  const list =
    (channel: "sms" | "voice", dateName: string) =>
    (_account: string, _token: string, req: Request): Answer => {
      const from = since(req, dateName);
      if (Number.isNaN(from)) return failure(400, 20001, `Invalid ${dateName}`);
      const found = store
        .list(channel)
        .filter(({ content }) => req.query.To === undefined || content.to === req.query.To)
        .filter(({ receivedAt }) => Date.parse(receivedAt) >= from)
        .slice(0, Number(req.query.PageSize ?? 50) || 50);
      const body =
        channel === "sms"
          ? { messages: (found as MessageOf<"sms">[]).map(shownMessage) }
          : { calls: (found as MessageOf<"voice">[]).map(shownCall) };
      return { status: 200, body: { ...body, page: 0, page_size: 50, next_page_uri: null } };
    };

  const router = Router();
  const at = (channel: "sms" | "voice", handle: Parameters<typeof admitted>[0]): RequestHandler[] =>
    answerWith(faults, channel, MAX_BYTES, trouble, admitted(handle));
  const base = "/twilio/2010-04-01/Accounts/:account";
  router.post(`${base}/Messages.json`, ...at("sms", createMessage));
  router.get(`${base}/Messages.json`, ...at("sms", list("sms", "DateSent")));
  router.post(`${base}/Calls.json`, ...at("voice", createCall));
  router.get(`${base}/Calls.json`, ...at("voice", list("voice", "StartTime")));
  return router;
}
