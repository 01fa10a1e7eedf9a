/** A mistake of the surroundings (a taken port, a missing tool): its one line is the whole answer. */
export class StackError extends Error {
  override readonly name = "StackError";
}
