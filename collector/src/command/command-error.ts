/** A mistake of whoever typed the command: its message is the whole answer. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
