import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** One of the settings that OWASP's Password Storage Cheat Sheet gives for scrypt: 16 MB and five passes. */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

const derive = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** Hashes a password as `scrypt$N$r$p$salt$key`, so that the cost can be raised without losing old hashes. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64"), key.toString("base64")].join("$");
}

/** What is compared for a person who does not exist, so that the answer takes as long as for one who does. */
const NOBODY = ["scrypt", COST.N, COST.r, COST.p, randomBytes(SALT_BYTES).toString("base64"), ""].join("$");

/**
 * Whether the password belongs to the hash. Without a hash it does the same work and answers false.
 *
 * @throws Error when the hash is not one of `hashPassword`
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [scheme, N, r, p, salt = "", key = ""] = (hash ?? NOBODY).split("$");
  if (scheme !== "scrypt") throw new Error("Cannot verify a password as its hash is not scrypt");
  const derived = await derive(password, Buffer.from(salt, "base64"), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  const expected = Buffer.alloc(KEY_BYTES);
  Buffer.from(key, "base64").copy(expected);
  return timingSafeEqual(derived, expected) && hash !== undefined;
}
