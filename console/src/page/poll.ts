import { setText } from "./dom.ts";
import { clockText } from "./times.ts";

const POLL_MS = 5_000;
const TIMEOUT_MS = 12_000;

export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

/** @throws Error when the console does not answer in time or not with 200; SignedOut when it wants a sign-in */
export async function ask(path: string, accepted: readonly number[] = [200]): Promise<Response> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: { accept: "*/*" } });
  if (answer.status === 401) throw new SignedOut("signed out");
  if (!accepted.includes(answer.status)) throw new Error(`answered ${answer.status}`);
  return answer;
}

/** Says beside the title whether what the page shows is of now. */
export function showLive(element: HTMLElement, awaySince: Date | undefined, reason = ""): void {
  element.classList.toggle("away", awaySince !== undefined);
  setText(element, awaySince ? `${reason} since ${clockText(awaySince)}` : `live · ${clockText(new Date())}`);
}

/**
 * Runs a task now and every five seconds while the page is seen, one at a time.
 *
 * @param task must not reject
 * @returns runs the task at once
 */
export function pollWhileSeen(task: () => Promise<void>): () => void {
  let timer: number | undefined;
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    clearTimeout(timer);
    do {
      again = false;
      await task();
    } while (again);
    running = false;
    if (!document.hidden) timer = setTimeout(run, POLL_MS);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void run();
  });
  void run();
  return () => void run();
}
