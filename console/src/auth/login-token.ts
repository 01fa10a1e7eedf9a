import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, rename, writeFile } from "node:fs/promises";

/** Digests have one length, so that neither the length nor the content of a token shows in the time. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** A token that signs one person in once; the current one lies in a file that only its owner can read. */
export interface LoginToken {
  /** Whether this was the current token. If so it is used up, and the file holds the next one. */
  use(candidate: string): Promise<boolean>;
}

/**
 * @param path the file; its folder must exist
 * @throws Error when the file cannot be written
 */
export async function createLoginToken(path: string): Promise<LoginToken> {
  let current = "";
  let writing: Promise<void> = Promise.resolve();

  const renew = (): Promise<void> => {
    current = randomBytes(32).toString("base64url");
    const token = current;
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        const fresh = `${path}.new`;
        await writeFile(fresh, `${token}\n`, { mode: 0o600 });
        await chmod(fresh, 0o600);
        await rename(fresh, path);
      });
    return writing;
  };

  await renew();
  return {
    async use(candidate) {
      if (!timingSafeEqual(digest(candidate), digest(current))) return false;
      // The token changes before anything is awaited: a second request with it is already wrong.
      await renew();
      return true;
    },
  };
}
