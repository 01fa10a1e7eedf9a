import { type Clock, systemClock } from "@watchkeeper/process/clock";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { recordEvents } from "../incidents/timeline.ts";
import { type ActOptions, act, type Button, sentenceOf } from "./act.ts";
import { recordCall } from "./calls.ts";
import { type Grant, openGrant } from "./grant.ts";
import { parseReply } from "./reply.ts";
import { findSubject } from "./subject.ts";
import { verifyTwilio } from "./twilio-signature.ts";
import { renderGoodbye, renderQuestion, renderReply, spoken } from "./twiml.ts";

export interface TwilioActionOptions extends ActOptions {
  readonly authToken: string;
  /** What Twilio calls us by, without a slash at its end; the signature covers it. */
  readonly publicUrl: string;
  readonly secret: string;
}

const MAX_BYTES = "64kb";

const KEYS: Readonly<Record<string, Button>> = { "4": "acknowledge", "6": "resolve", "7": "snooze" };
const MENU = "Press 4 to acknowledge, 6 to resolve, 7 to snooze for one hour, or 9 to hear this again.";
const UNAVAILABLE = "Watchkeeper cannot reach its database. Please look at your other messages. Goodbye.";

/** How a call can end without anybody having heard it. */
const UNHEARD: Readonly<Record<string, string>> = {
  "no-answer": "nobody answered",
  busy: "the line was busy",
  failed: "the call failed",
  canceled: "the call was cancelled",
};
const UNDELIVERED = new Set(["undelivered", "failed"]);

type Handler = (form: URLSearchParams, grant: Grant, req: Request) => Promise<string>;

/**
 * What Twilio asks of us, each request signed:
 *
 *   POST /actions/twilio/speech/<grant>       what a call says            → TwiML
 *   POST /actions/twilio/keys/<grant>         which key was pressed       → TwiML
 *   POST /actions/twilio/status/<grant>       how a call goes
 *   POST /actions/twilio/text-status/<grant>  how a text message fares
 *   POST /actions/twilio/text                 a reply to a text message   → TwiML
 */
export function createTwilioActionRoutes(options: TwilioActionOptions, clock: Clock = systemClock): Router {
  const { database, log, authToken, publicUrl, secret } = options;

  const refuse = (res: Response, status: number, code: string, message: string): void =>
    void res.status(status).json({ error: { code, message } });
  const speak = (res: Response, twiml: string): void =>
    void res.set("cache-control", "no-store").type("text/xml").send(twiml);

  /** The form, if Twilio signed it. */
  const formOf = (req: Request, res: Response): URLSearchParams | undefined => {
    const form = new URLSearchParams(Buffer.isBuffer(req.body) ? req.body.toString("utf8") : "");
    const url = `${publicUrl}${req.originalUrl}`;
    if (verifyTwilio(authToken, url, form, req.get("x-twilio-signature") ?? "")) return form;
    log.warn({ reason: "wrong-signature" }, "a request that claims to be Twilio's was refused");
    refuse(res, 401, "unauthorized", "Cannot take this as Twilio's: its signature is missing or wrong");
    return undefined;
  };

  /** A request about one call or text; `whenAway` is what is said while the database is away. */
  const about =
    (handle: Handler, whenAway?: string): RequestHandler =>
    async (req, res) => {
      const form = formOf(req, res);
      if (!form) return;
      const opened = openGrant(secret, String(req.params.grant), clock.now());
      if (!opened.valid || opened.grant.action !== "call") {
        return refuse(res, 404, "not_found", "Cannot find this call: its address is not ours or has expired");
      }
      try {
        speak(res, await handle(form, opened.grant, req));
      } catch (error) {
        if (whenAway === undefined) throw error;
        log.error({ err: error }, "a call was answered without the database");
        speak(res, whenAway);
      }
    };

  const question = async (grant: Grant, token: string): Promise<string> => {
    const subject = await findSubject(database, grant.incidentId);
    if (!subject) return renderGoodbye("This incident was removed. Goodbye.");
    const { number, priority, alertname, service, summary, state } = subject;
    const where = service ? `Service ${service}.` : "";
    const what = `${spoken(alertname)}. ${spoken(summary)}.`;
    const text = `Watchkeeper. Incident ${number}, ${priority.replace("P", "priority ")}. ${what} ${where} ${state}`;
    return renderQuestion(`${text} ${MENU}`, `${publicUrl}/actions/twilio/keys/${token}`);
  };

  const speech: Handler = (_form, grant, req) => question(grant, String(req.params.grant));

  const keys: Handler = async (form, grant, req) => {
    const button = KEYS[form.get("Digits") ?? ""];
    if (!button) return question(grant, String(req.params.grant));
    const result = await act(options, grant.incidentId, button, {
      actor: grant.person ?? form.get("To") ?? "somebody on the phone",
      source: "voice",
      requestKey: `voice:${form.get("CallSid")}:${button}`,
    });
    return renderGoodbye(`${sentenceOf(button, result).replace("#", "")} Goodbye.`);
  };

  const status: Handler = async (form, grant) => {
    const state = form.get("CallStatus") ?? "";
    const isNew = await recordCall(database, grant.deliveryId, form.get("CallSid") ?? "", state);
    const why = UNHEARD[state];
    if (isNew && why !== undefined)
      await note(grant, "voice", "call-unheard", `Call of ${whose(grant)}: ${why}`);
    return renderReply("");
  };

  const textStatus: Handler = async (form, grant) => {
    const state = form.get("MessageStatus") ?? "";
    const sid = form.get("MessageSid") ?? "";
    if (UNDELIVERED.has(state) && (await recordCall(database, grant.deliveryId, sid, state))) {
      const code = form.get("ErrorCode");
      await note(
        grant,
        "sms",
        "text-undelivered",
        `SMS of ${whose(grant)}: not delivered${code ? ` (Twilio ${code})` : ""}`,
      );
    }
    return renderReply("");
  };
  const whose = ({ person }: Grant): string => person ?? "the team";
  const note = ({ incidentId }: Grant, source: "voice" | "sms", kind: string, text: string): Promise<void> =>
    database.transaction((tx) => recordEvents(tx, [{ incidentId, kind, text, source }]));

  /** Only numbers that we write to may ask for anything. */
  const personAt = async (number: string): Promise<string | undefined> => {
    const { rows } = await database.query<{ person: string | null }>(
      "person-at-number",
      "SELECT person FROM destination WHERE name = $1",
      [`sms:${number}`],
    );
    return rows[0] && (rows[0].person ?? number);
  };

  /** A number answers for what it was sent, so that one which changed hands can do nothing with new incidents. */
  const wasTold = async (number: string, incidentId: string): Promise<boolean> => {
    const { rowCount } = await database.query(
      "number-was-told",
      "SELECT 1 FROM delivery WHERE destination = $1 AND incident_id = $2 LIMIT 1",
      [`sms:${number}`, incidentId],
    );
    return Boolean(rowCount);
  };

  const reply = async (form: URLSearchParams): Promise<string> => {
    const person = await personAt(form.get("From") ?? "");
    if (person === undefined) return renderReply("");
    const asked = parseReply(form.get("Body") ?? "");
    if (!asked) return renderReply("Reply ACK, RES or SNOOZE and the incident's number, such as: ACK 12");
    const subject = await findSubject(database, String(asked.number));
    if (!subject) return renderReply(`There is no incident #${asked.number}.`);
    if (!(await wasTold(form.get("From") ?? "", subject.id))) {
      return renderReply(`You were not told of incident #${asked.number} by text.`);
    }
    const result = await act(options, subject.id, asked.button, {
      actor: person,
      source: "sms",
      requestKey: `sms:${form.get("MessageSid")}`,
    });
    return renderReply(sentenceOf(asked.button, result));
  };

  const router = Router();
  const body = express.raw({ type: () => true, limit: MAX_BYTES });
  router.post("/actions/twilio/speech/:grant", body, about(speech, renderGoodbye(UNAVAILABLE)));
  router.post("/actions/twilio/keys/:grant", body, about(keys, renderGoodbye(UNAVAILABLE)));
  router.post("/actions/twilio/status/:grant", body, about(status));
  router.post("/actions/twilio/text-status/:grant", body, about(textStatus));
  router.post("/actions/twilio/text", body, async (req, res) => {
    const form = formOf(req, res);
    if (form) speak(res, await reply(form));
  });
  return router;
}
