import { createHmac, timingSafeEqual } from "node:crypto";

/*
 * A grant lets whoever holds it do one thing to one incident, until it expires: it is what a link in a mail, a button
 * of a push notification and the address of a phone call carry instead of a signed-in person.
 *
 *   base64url( action 1 byte │ expiry 6 bytes │ incident 16 │ delivery 16 │ person, UTF-8 │ HMAC-SHA256 32 )
 */

/** Also the byte of each: never reorder. `call` lets a phone call speak of the incident and be answered with keys. */
const actions = ["acknowledge", "resolve", "snooze", "call"] as const;
export type GrantedAction = (typeof actions)[number];

export interface Grant {
  readonly action: GrantedAction;
  /** UUIDs. */
  readonly incidentId: string;
  readonly deliveryId: string;
  /** A person's short name; null when the message went to the team. */
  readonly person: string | null;
  readonly expiresAtMs: number;
}

export type OpenedGrant =
  | { readonly valid: true; readonly grant: Grant }
  | { readonly valid: false; readonly reason: "not-ours" }
  | { readonly valid: false; readonly reason: "expired"; readonly grant: Grant };

const MAC = 32;
const HEAD = 1 + 6 + 16 + 16;
const MAX_TOKEN = 1_000;

const macOf = (secret: string, body: Buffer): Buffer =>
  createHmac("sha256", secret).update("watchkeeper grant 1\0").update(body).digest();

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll("-", ""), "hex");
const uuidOf = (bytes: Buffer): string =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The grant as text that fits into an address. */
export function sealGrant(secret: string, grant: Grant): string {
  const head = Buffer.alloc(7);
  head.writeUInt8(actions.indexOf(grant.action), 0);
  head.writeUIntBE(Math.floor(grant.expiresAtMs), 1, 6);
  const body = Buffer.concat([
    head,
    bytesOf(grant.incidentId),
    bytesOf(grant.deliveryId),
    Buffer.from(grant.person ?? "", "utf8"),
  ]);
  return Buffer.concat([body, macOf(secret, body)]).toString("base64url");
}

/** Reads a grant back. Whatever is wrong with the text, it is only ever `not-ours`. */
export function openGrant(secret: string, token: string, nowMs: number): OpenedGrant {
  const notOurs = { valid: false, reason: "not-ours" } as const;
  if (token.length > MAX_TOKEN || !/^[\w-]+$/.test(token)) return notOurs;
  const bytes = Buffer.from(token, "base64url");
  // Several texts decode to the same bytes; only the one that was written is ours.
  if (bytes.length < HEAD + MAC || bytes.toString("base64url") !== token) return notOurs;
  const body = bytes.subarray(0, -MAC);
  if (!timingSafeEqual(bytes.subarray(-MAC), macOf(secret, body))) return notOurs;
  const action = actions[body.readUInt8(0)];
  if (action === undefined) return notOurs;
  const person = body.subarray(HEAD).toString("utf8");
  const grant: Grant = {
    action,
    expiresAtMs: body.readUIntBE(1, 6),
    incidentId: uuidOf(body.subarray(7, 23)),
    deliveryId: uuidOf(body.subarray(23, 39)),
    person: person === "" ? null : person,
  };
  return grant.expiresAtMs <= nowMs ? { valid: false, reason: "expired", grant } : { valid: true, grant };
}
