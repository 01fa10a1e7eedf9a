/* A small cluster for the test beside it: run with the serialization to use; it talks to the test in lines. */
import cluster from "node:cluster";
import { defineCounter, defineGauge, defineHistogram } from "@watchkeeper/catalogue/metric";
import * as prom from "prom-client";
import { answerClusterScrapes, collectCluster } from "../cluster.ts";
import { createMetrics } from "../metrics.ts";
import { startOpsServer } from "../ops.ts";

const base = { help: "For a test", unit: "items", emittedBy: ["app"] } as const;
const visits = defineCounter({ ...base, name: "demo_visits_total", labels: ["tenant"] });
const took = defineHistogram({ ...base, name: "demo_took", labels: [], buckets: [1, 2] });
const queued = defineGauge({ ...base, name: "demo_queued", labels: [] });

if (cluster.isPrimary) {
  cluster.setupPrimary({ serialization: process.argv[2] as "json" | "advanced" });
  const workers = [1, 2].map((number) => cluster.fork({ NUMBER: String(number) }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  const metrics = collectCluster();
  const ops = await startOpsServer({ host: "127.0.0.1", port: 0, metrics, checks: {} });
  cluster.on("exit", () => process.stdout.write("ended\n"));
  process.stdin.on("data", () => workers[1]?.process.kill("SIGKILL"));
  process.stdout.write(`${ops.port}\n`);
} else {
  const number = Number(process.env.NUMBER);
  const metrics = createMetrics();
  const counter = metrics.counter(visits);
  counter.inc({ tenant: "both" }, number);
  counter.inc({ tenant: `only-${number}` }, 10);
  const histogram = metrics.histogram(took);
  histogram.observe({}, number);
  metrics.gauge(queued).set({}, 5);
  new prom.Counter({ name: "foreign_total", help: "Of prom-client", registers: [metrics.registry] }).inc(
    number,
  );
  answerClusterScrapes(metrics);
  process.send?.("ready");
}
