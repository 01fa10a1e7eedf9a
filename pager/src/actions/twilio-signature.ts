import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Checks `X-Twilio-Signature`: the base64 HMAC-SHA1, keyed by the account's auth token, of the address that Twilio
 * called followed by each form field's name and value, in the order of the names.
 *
 * @param url as Twilio called it, which a proxy may hide from us: built from our public address
 */
export function verifyTwilio(
  authToken: string,
  url: string,
  form: URLSearchParams,
  signature: string,
): boolean {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = url + fields.map(([name, value]) => name + value).join("");
  const expected = createHmac("sha1", authToken).update(text).digest();
  const given = Buffer.from(signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
