/** What whoever was called back answered; 0 for nobody, with the reason as its text. */
export interface CallbackAnswer {
  readonly status: number;
  readonly text: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const MAX_ANSWER = 100_000;

/** Nothing leaves this machine, whatever address a message names. */
export function isCallable(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return protocol === "http:" && LOOPBACK.test(hostname);
  } catch {
    return false;
  }
}

/**
 * Makes the request that a provider would make to whoever sent a message. Never throws.
 *
 * @param timeoutMs the provider's patience
 */
export async function callBack(
  address: string,
  init: {
    readonly method: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
  timeoutMs: number,
): Promise<CallbackAnswer> {
  if (!isCallable(address)) return { status: 0, text: "the stand-in calls addresses on this machine only" };
  try {
    const { body, ...rest } = init;
    const response = await fetch(address, {
      ...rest,
      ...(body !== undefined && body !== "" && rest.method !== "GET" && { body }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: (await response.text()).slice(0, MAX_ANSWER) };
  } catch (error) {
    const reason =
      error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : "nobody answers";
    return { status: 0, text: reason };
  }
}
