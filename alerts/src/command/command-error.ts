/** A mistake of the person at the keyboard: its message is the whole answer. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
