import { createHmac } from "node:crypto";

/**
 * `X-Twilio-Signature`: the base64 of an HMAC-SHA1, keyed by the account's auth token, over the address that is called
 * followed by every form field's name and value, in the order of the names.
 */
export function signatureOf(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = url + fields.map(([name, value]) => name + value).join("");
  return createHmac("sha1", authToken).update(text).digest("base64");
}
