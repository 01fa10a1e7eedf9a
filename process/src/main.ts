import type { Log } from "./log.ts";
import { SettingsError } from "./settings.ts";
import { type OpenTelemetry, openTelemetry, type Telemetry } from "./telemetry.ts";

/** What a process is given to run with: nothing reads `process.env` or makes a log of its own. */
export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** What became of the lines and spans that were to leave the process. */
  readonly telemetry: Telemetry;
}

/** Ends what `run` started. Called once, on SIGTERM or SIGINT. */
export type Close = () => Promise<void>;

/** A process that has not closed by then is ended; the supervisor would kill it shortly after. */
const CLOSE_BUDGET_MS = 4_000;

/** Of that, what the last log lines and spans may take: a service drains its requests within 2.5 s. */
const TELEMETRY_BUDGET_MS = 1_200;

/** A supervisor that is gone closes our standard output; a line that nobody reads is no reason to die. */
const ignoreBrokenPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error;
};

/** The reason of a failure in one line, also for errors that carry others (a refused connection on two addresses). */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/**
 * The whole life of a process: `main.ts` of every service is one call of this. A failing start is one line on
 * standard error and exit code 1; SIGTERM and SIGINT close what was started and exit with 0.
 */
export async function runProcess(
  service: string,
  run: (context: ProcessContext) => Promise<Close>,
): Promise<void> {
  process.stdout.on("error", ignoreBrokenPipe);
  process.stderr.on("error", ignoreBrokenPipe);
  let telemetry: OpenTelemetry | undefined;
  let close: Close;
  try {
    telemetry = openTelemetry(service, process.env);
    close = await run({ env: process.env, log: telemetry.log, telemetry });
  } catch (error) {
    if (!(error instanceof SettingsError)) telemetry?.log.fatal({ err: error }, "cannot start");
    process.stderr.write(`${service}: ${reasonOf(error)}\n`);
    await telemetry?.close(TELEMETRY_BUDGET_MS);
    process.exit(1);
  }
  const { log } = telemetry;
  let closing = false;
  const end = (signal: NodeJS.Signals): void => {
    if (closing) return;
    closing = true;
    log.info({ signal }, "closing");
    setTimeout(() => process.exit(1), CLOSE_BUDGET_MS).unref();
    const closed = close().then(
      () => 0,
      (error: unknown) => {
        log.error({ err: error }, "could not close cleanly");
        return 1;
      },
    );
    void closed.then(async (code) => {
      await telemetry.close(TELEMETRY_BUDGET_MS);
      process.exit(code);
    });
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}
