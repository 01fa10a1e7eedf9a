import { createGate, GateFullError } from "./gate.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { Problem } from "./problem.ts";

/**
 * A password check occupies a thread of Node's pool of four for a fifth of a second, and new database connections need
 * a thread too: two at once leave room for them. Those that wait are answered within two seconds or so.
 */
const AT_ONCE = { running: 2, waiting: 14 } as const;

/** Hashes and checks passwords, a few at once. Both throw Problem 503 when too many wait. */
export interface Passwords {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const gate = createGate(AT_ONCE);
  const queued = <T>(work: () => Promise<T>): Promise<T> =>
    gate.run(work).catch((error: unknown) => {
      if (!(error instanceof GateFullError)) throw error;
      throw new Problem("busy", "Too many passwords are checked at this moment: try again soon", {
        headers: { "Retry-After": "2" },
      });
    });
  return {
    hash: (password) => queued(() => hashPassword(password)),
    verify: (password, hash) => queued(() => verifyPassword(password, hash)),
  };
}
