import { z } from "zod";

/** One line that a person types: composed characters, no control characters, not only blanks. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .normalize("NFC")
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, "must be one line without control characters");

/** Letters of other alphabets look like Latin ones: two people must not be able to have what seems one address. */
const PLAIN_EMAIL =
  /^[a-z0-9][a-z0-9._%+'-]*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(PLAIN_EMAIL, "must be an e-mail address of plain Latin letters, digits and punctuation");

/** Short enough that hashing it is no attack, long enough that guessing it is none either. */
export const newPassword = z.string().min(12).max(200);

export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,40}$/, "must be 2 to 41 small letters, digits and hyphens, a letter first");

/** What a program counts up with each change; whoever changes something names the version they have seen. */
export const version = z.int().min(1).max(2_147_483_647);

export const id = z.uuid().transform((text) => text.toLowerCase());

/** A number in a query. */
export const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
