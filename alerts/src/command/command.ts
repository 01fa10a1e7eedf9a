export type Environment = Readonly<Record<string, string | undefined>>;

/** What `npm run slo -- <name>` runs. */
export type Command = (
  args: readonly string[],
  env: Environment,
  print: (line: string) => void,
) => Promise<void>;
