/** One law of the repository, as a program. */
export interface Law {
  /** One or two words for the line that `npm run check` prints. */
  readonly name: string;
  /** What breaks the law, one line each; nothing where it holds. */
  check(): Promise<readonly string[]>;
}
