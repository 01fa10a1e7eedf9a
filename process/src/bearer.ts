import { createHash, timingSafeEqual } from "node:crypto";

/** Digests have one length, so that neither the length nor the content of a token shows in the time. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Judges `Authorization` headers: whether one is `Bearer` with this token. Takes the same time for all. */
export function createBearerCheck(token: string): (header: string | undefined) => boolean {
  const expected = digest(token);
  return (header) => timingSafeEqual(digest(/^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? ""), expected);
}
