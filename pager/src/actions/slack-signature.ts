import { createHmac, timingSafeEqual } from "node:crypto";

/** A request older than this is one played again; one from further ahead was made with a wrong clock or a false one. */
const WINDOW_SECONDS = 5 * 60;

export type SlackVerdict =
  | { readonly genuine: true }
  | { readonly genuine: false; readonly reason: "no-signature" | "outside-window" | "wrong-signature" };

/**
 * Checks `X-Slack-Signature`: `v0=` and the hex HMAC-SHA256 of `v0:<timestamp>:<raw body>` with the signing secret. The
 * time is checked on both sides: a stamp of tomorrow would be good for a day.
 */
export function verifySlack(
  signingSecret: string,
  request: { readonly timestamp: string; readonly signature: string; readonly body: Buffer },
  nowMs: number,
): SlackVerdict {
  const { timestamp, signature, body } = request;
  if (!/^\d{1,12}$/.test(timestamp) || signature === "") return { genuine: false, reason: "no-signature" };
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > WINDOW_SECONDS) {
    return { genuine: false, reason: "outside-window" };
  }
  const mac = createHmac("sha256", signingSecret).update(`v0:${timestamp}:`).update(body).digest("hex");
  const expected = Buffer.from(`v0=${mac}`);
  const given = Buffer.from(signature);
  const equal = given.length === expected.length && timingSafeEqual(given, expected);
  return equal ? { genuine: true } : { genuine: false, reason: "wrong-signature" };
}
