import { slos } from "@watchkeeper/catalogue/slos/all";
import { createDatabase } from "@watchkeeper/collector/database/database";
import { createJobs } from "@watchkeeper/collector/jobs/all";
import { drawApart } from "@watchkeeper/collector/report/draw-apart";
import { parsePeriod } from "@watchkeeper/collector/report/period";
import { createReports } from "@watchkeeper/collector/report/reports";
import { attempt } from "@watchkeeper/collector/schedule/runner";
import { createPrometheus } from "@watchkeeper/collector/upstream/prometheus";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { openRedis } from "@watchkeeper/process/redis";

/** A collector for `collector.bench.ts`: runs its jobs, makes a report with its charts and PDF, and prints its MB of RAM, without those of the process that draws. */
const {
  WATCHKEEPER_BENCH_DATABASE_URL: databaseUrl = "",
  WATCHKEEPER_BENCH_REDIS_URL: redisUrl = "",
  WATCHKEEPER_BENCH_PROMETHEUS_URL: prometheusUrl = "",
} = process.env;
const log = createLog("collector", "silent");
const metrics = createMetrics();
const database = createDatabase(databaseUrl, metrics, log);
const redis = await openRedis(redisUrl, log);
const sources = { database, prometheus: createPrometheus(prometheusUrl), pager: undefined, slos };
const reports = createReports(sources, "UTC", systemClock);
const settings = {
  timeZone: "UTC",
  minPeople: 5,
  mail: undefined,
  consoleUrl: undefined,
  demoHistory: false,
};
const jobs = createJobs({
  settings,
  database,
  redis: redis.client,
  reports,
  metrics,
  clock: systemClock,
  log,
});
let highest = 0;
for (let i = 0; i < 5; i++) {
  for (const job of jobs) {
    await attempt(job, new AbortController().signal);
    highest = Math.max(highest, process.memoryUsage.rss());
  }
}
const month = new Date(systemClock.now() - 8 * 86_400_000).toISOString().slice(0, 7);
const report = await reports.make(parsePeriod(month, "UTC"));
await drawApart(report);
highest = Math.max(highest, process.memoryUsage.rss());
process.stdout.write(`${highest / 1e6}\n`);
redis.close();
await database.close();
