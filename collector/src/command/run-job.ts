import { randomUUID } from "node:crypto";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { openRedis } from "@watchkeeper/process/redis";
import { createDatabase } from "../database/database.ts";
import { migrate } from "../database/migrate.ts";
import { createJobs } from "../jobs/all.ts";
import { createReports } from "../report/reports.ts";
import { reportSources } from "../run.ts";
import { createLeases } from "../schedule/lease.ts";
import { attempt } from "../schedule/runner.ts";
import { readCollectorSettings } from "../settings.ts";
import { CommandError } from "./command-error.ts";
import type { Environment } from "./environment.ts";

/**
 * `npm run collector -- run <job>`: runs one job now, as its schedule would, and prints what it found as JSON. A job that
 * runs once for all collectors does not begin while one of them is at it.
 *
 * @throws CommandError when there is no such job, it is under way, or it fails
 */
export async function runJobByHand(
  name: string,
  env: Environment,
  print: (line: string) => void,
): Promise<void> {
  const settings = readCollectorSettings(env);
  const log = createLog("collector", "silent");
  const metrics = createMetrics();
  await migrate(settings.databaseUrl);
  const database = createDatabase(settings.databaseUrl, metrics, log);
  const redis = await openRedis(settings.redisUrl, log);
  try {
    const reports = createReports(reportSources(settings, database), settings.timeZone, systemClock);
    const jobs = createJobs({
      settings,
      database,
      redis: redis.client,
      reports,
      metrics,
      clock: systemClock,
      log,
    });
    const job = jobs.find((one) => one.name === name);
    if (!job) {
      throw new CommandError(
        `Cannot run "${name}" as there is no such job: ${jobs.map((one) => one.name).join(", ")}`,
      );
    }
    const leases = createLeases(database, randomUUID());
    if (job.runs === "once") {
      const claim = await leases.claim(job.name, new Date(systemClock.now()), job.timeoutMs + 5_000);
      if (!claim.granted) throw new CommandError(`Cannot run ${name} now: ${claim.reason}`);
    }
    const startMs = performance.now();
    const outcome = await attempt(job, new AbortController().signal);
    if (job.runs === "once") {
      await leases.finish(job.name, outcome.ended === "success" ? outcome.result : undefined);
    }
    if (outcome.ended !== "success") throw new CommandError(`${name} failed: ${outcome.reason}`);
    print(JSON.stringify(outcome.result, undefined, 2));
    print(`${name} took ${Math.round(performance.now() - startMs)} ms`);
  } finally {
    redis.close();
    await database.close();
  }
}
