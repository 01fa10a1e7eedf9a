import type { Request, RequestHandler, Response } from "express";
import express from "express";
import { AFTER_ACCEPTING, BEFORE_ACCEPTING, type Faults } from "./faults.ts";
import type { Channel } from "./message.ts";

/** What a provider answers. */
export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request left something behind: what the fault `drop-after-accept` hits. */
  readonly accepted?: boolean;
}

/** How a provider words its own trouble. */
export interface Trouble {
  readonly error: Answer;
  readonly rateLimit: Answer;
  readonly tooLarge: Answer;
}

const send = (res: Response, answer: Answer): void => {
  res
    .status(answer.status)
    .set({ ...answer.headers })
    .json(answer.body);
};

/**
 * The frame that every HTTP provider shares: it reads the body up to `maxBytes`, applies the fault that is on,
 * asks `handle` for the answer and sends it.
 */
export function answerWith(
  faults: Faults,
  channel: Channel,
  maxBytes: number,
  trouble: Trouble,
  handle: (req: Request, body: Buffer) => Answer,
): RequestHandler[] {
  const readBody = express.raw({ type: () => true, limit: maxBytes });
  return [
    (req, res, next) =>
      readBody(req, res, (error?: unknown) => {
        if (error === undefined) return next();
        if ((error as { status?: number }).status === 413) return send(res, trouble.tooLarge);
        next(error);
      }),
    (req, res) => {
      const fault = faults.take(channel, BEFORE_ACCEPTING);
      if (fault === "hang") return;
      if (fault === "error") return send(res, trouble.error);
      if (fault === "rate-limit") return send(res, trouble.rateLimit);
      const answer = handle(req, Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
      if (answer.accepted && faults.take(channel, AFTER_ACCEPTING) !== "ok") {
        req.socket.destroy();
        return;
      }
      send(res, answer);
    },
  ];
}
