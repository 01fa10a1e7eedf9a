/**
 * The file in which what is being defined stands, as a path in the repository, for what is said of a mistake in it;
 * empty where nothing of ours is defined.
 */
export function definedIn(): string {
  const [, path] =
    /[/\\]((?:catalogue|alerts)\/src\/(?:slos|symptoms|pager-own)\/[\w-]+\.ts)/.exec(
      new Error().stack ?? "",
    ) ?? [];
  return path === undefined ? "" : ` of ${path}`;
}
