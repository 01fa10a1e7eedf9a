import { type Clock, systemClock } from "@watchkeeper/process/clock";
import { type Request, type Response, Router } from "express";
import { type ActOptions, act, type Button, SNOOZE_MINUTES, sentenceOf } from "./act.ts";
import { type Grant, openGrant } from "./grant.ts";
import { pageHeaders, renderPage } from "./page.ts";
import { findSubject, type Subject } from "./subject.ts";

const LABEL: Readonly<Record<Button, string>> = {
  acknowledge: "Acknowledge",
  resolve: "Resolve",
  snooze: `Snooze for ${SNOOZE_MINUTES} minutes`,
};

type LinkGrant = Grant & { readonly action: Button };

/** One key for one link: the second time it is used, it has been used. */
const keyOf = ({ deliveryId, action }: LinkGrant): string => `link:${deliveryId}:${action}`;

export interface LinkOptions extends ActOptions {
  readonly secret: string;
  /** Of the console, without a slash at its end. */
  readonly consoleUrl: string;
}

/**
 * `GET` and `POST /actions/links/<grant>`: what a link in a mail opens. Reading it changes nothing, since mail
 * scanners read every link; the page has one button, which posts. A push notification's button posts at once.
 */
export function createLinkRoutes(options: LinkOptions, clock: Clock = systemClock): Router {
  const { database, secret, consoleUrl } = options;

  const show = (res: Response, status: number, page: Parameters<typeof renderPage>[0]): void =>
    void res.status(status).set(pageHeaders).type("html").send(renderPage(page));

  const isUsed = async (grant: LinkGrant): Promise<boolean> => {
    const { rowCount } = await database.query("link-used", "SELECT 1 FROM incident_command WHERE key = $1", [
      keyOf(grant),
    ]);
    return Boolean(rowCount);
  };

  /** The grant and what it is about, or a page that says why there is none. */
  const open = async (
    req: Request,
    res: Response,
  ): Promise<{ grant: LinkGrant; subject: Subject } | undefined> => {
    const opened = openGrant(secret, String(req.params.grant), clock.now());
    const toConsole = { text: "Open the console", url: consoleUrl };
    if (!opened.valid || opened.grant.action === "call") {
      const expired = !opened.valid && opened.reason === "expired";
      show(res, expired ? 410 : 404, {
        title: expired ? "This link has expired" : "This link is not ours",
        text: expired
          ? "Links in messages work for three days. The console shows how the incident ended."
          : "Part of it is missing or was changed. Open it from the message again.",
        link: toConsole,
      });
      return undefined;
    }
    const grant = opened.grant as LinkGrant;
    const subject = await findSubject(database, grant.incidentId);
    if (!subject) {
      show(res, 404, { title: "There is no such incident", text: "It was removed.", link: toConsole });
      return undefined;
    }
    if (await isUsed(grant)) {
      show(res, 410, {
        title: "This link has been used",
        text: `${subject.headline}. ${subject.state}`,
        link: linkTo(subject),
      });
      return undefined;
    }
    return { grant, subject };
  };
  const linkTo = ({ number }: Subject) => ({
    text: `Incident #${number} in the console`,
    url: `${consoleUrl}/incidents/${number}`,
  });

  const router = Router();
  router.get("/actions/links/:grant", async (req, res) => {
    const opened = await open(req, res);
    if (!opened) return;
    const { grant, subject } = opened;
    show(res, 200, {
      title: subject.headline,
      text: subject.state,
      button: `${LABEL[grant.action]}${grant.person === null ? "" : ` as ${grant.person}`}`,
      link: linkTo(subject),
    });
  });

  router.post("/actions/links/:grant", async (req, res) => {
    // ntfy's web page presses from its own address. The grant is all the right there is, and no cookie is read.
    res.set("access-control-allow-origin", "*");
    const opened = await open(req, res);
    if (!opened) return;
    const { grant, subject } = opened;
    const result = await act(options, grant.incidentId, grant.action, {
      actor: grant.person ?? "somebody with the link",
      source: req.get("x-watchkeeper-source") === "ntfy" ? "ntfy" : "email",
      requestKey: keyOf(grant),
    });
    show(res, result.done ? 200 : 409, {
      title: sentenceOf(grant.action, result),
      text: subject.headline,
      link: linkTo(subject),
    });
  });
  router.options("/actions/links/:grant", (_req, res) => {
    res.set({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "x-watchkeeper-source",
    });
    res.status(204).end();
  });
  return router;
}
