import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@watchkeeper/native/free-port";
import { until } from "./poll.ts";
import { toolPath } from "./tools.ts";

/** A series of the past: its text such as `up{job="app"}`, and pairs of Unix seconds and value in the order of time. */
export interface PastSeries {
  readonly series: string;
  readonly samples: Iterable<readonly [number, number]>;
}

/** A real Prometheus that scrapes nothing and remembers what it is given. Its folder and process go with `close`. */
export async function createTestPrometheus(
  past: Iterable<PastSeries>,
): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-prometheus-"));
  const dataFolder = join(folder, "data");
  const lines: string[] = [];
  for (const { series, samples } of past) {
    for (const [at, value] of samples) lines.push(`${series} ${value} ${at}`);
  }
  writeFileSync(join(folder, "prometheus.yml"), "{}\n");
  writeFileSync(join(folder, "past.txt"), `${lines.join("\n")}\n# EOF\n`);
  const blocks = spawnSync(
    toolPath("promtool"),
    ["tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics", "past.txt", dataFolder],
    { cwd: folder, encoding: "utf8" },
  );
  if (blocks.status !== 0) throw new Error(`Cannot make blocks: ${blocks.stdout}${blocks.stderr}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    toolPath("prometheus"),
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${dataFolder}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const ended = once(child, "exit");
  await until(
    "Prometheus to be ready",
    async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined),
    30_000,
  );
  return {
    url,
    async close() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
