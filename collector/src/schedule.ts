import { runCheck } from "@watchkeeper/exporters/check";
import type { Clock } from "@watchkeeper/process/clock";
import type { Log } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";

/** Something that is collected at a steady pace. */
export interface Job {
  readonly name: string;
  readonly intervalMs: number;
  /** Must leave no figure behind that is not so any more: it is also called off after `timeoutMs`. */
  readonly timeoutMs: number;
  collect(signal: AbortSignal): Promise<void>;
  /** Takes back what the last collection found. */
  forget(): void;
}

/** Runs a job at once and then at its pace until the signal aborts. A failure is logged when it begins and ends. */
export async function runJob(
  job: Job,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    try {
      await runCheck((stop) => job.collect(stop), job.timeoutMs);
      if (failing) log.info({ job: job.name }, "job works again");
      failing = false;
    } catch (error) {
      job.forget();
      if (!failing && !signal.aborted) log.warn({ job: job.name, reason: reasonOf(error) }, "job fails");
      failing = true;
    }
    await clock.sleep(job.intervalMs, signal);
  }
}
