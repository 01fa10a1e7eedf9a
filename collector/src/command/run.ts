import { SettingsError } from "@watchkeeper/process/settings";
import { CommandError } from "./command-error.ts";
import { collectorEnvironment, type Environment } from "./environment.ts";
import { makeReport } from "./report.ts";
import { runJobByHand } from "./run-job.ts";

/**
 * Runs `collector run <job>` or `report …`.
 *
 * @param root the clone's folder, where a running stack leaves its settings
 * @returns the exit code; a mistake is one line on standard error and 1
 */
export async function runCommand(
  [program, ...args]: readonly string[],
  env: Environment,
  root: string,
  print: (line: string) => void,
  complain: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<number> {
  try {
    if (program === "report") await makeReport(args, collectorEnvironment(env, root), print);
    else {
      const [verb, job = "", ...rest] = args;
      if (verb !== "run" || job === "" || rest.length > 0) {
        throw new CommandError("Cannot do this with the collector: npm run collector -- run <job>");
      }
      await runJobByHand(job, collectorEnvironment(env, root), print);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof SettingsError)) throw error;
    complain(error.message);
    return 1;
  }
}
