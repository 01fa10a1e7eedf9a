import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import type { StateFolder } from "./paths.ts";
import { StackError } from "./stack-error.ts";

/**
 * Makes the state folder and its parts. Its root may be entered by all, since PostgreSQL may run as another user, but
 * only the parts that hold no secret may be read.
 *
 * @throws StackError when something else is in the way or the folder belongs to another user
 */
export function ensureStateFolder(state: StateFolder): void {
  if (existsSync(state.root)) {
    const { uid } = statSync(state.root);
    const me = process.getuid?.() ?? uid;
    if (uid !== me) {
      throw new StackError(
        `Cannot use ${state.root} as it belongs to user ${uid} and you are ${me}: start as that user, or remove the folder as that user`,
      );
    }
  }
  for (const [folder, mode] of [
    [state.root, 0o711],
    [state.data, 0o711],
    [state.secrets, 0o700],
    [state.logs, 0o700],
    [state.run, 0o700],
  ] as const) {
    try {
      mkdirSync(folder, { recursive: true, mode });
      chmodSync(folder, mode);
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new StackError(
        `Cannot use ${folder} as it is no folder that can be written to (${code}): move it away`,
      );
    }
  }
}
