/** The way to the server, or the server itself, is not there: `errno` of the network and of the resolver. */
const NETWORK = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** SQLSTATEs of a server that shuts down, starts up, recovers, or has no connection left. */
const SERVER = new Set(["57P01", "57P02", "57P03", "53300"]);

/** What `pg` says without a code when a connection does not come about or breaks off. */
const WORDS = /timeout expired|timeout exceeded when trying to connect|Connection terminated/;

/**
 * Whether an error means that the database is away and may come back by itself. A wrong password, a database that does
 * not exist and a migration that fails do not mend themselves: those are for whoever starts the pager.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isAway);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (NETWORK.has(code) || SERVER.has(code) || code.startsWith("08") || WORDS.test(error.message))
    return true;
  return error.cause !== undefined && isAway(error.cause);
}
