import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import { type History, renderOpenMetrics } from "./open-metrics.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("Cannot find a free port");
  return address.port;
}

/** A real Prometheus that scrapes nothing and remembers what it is given. */
export interface TestPrometheus {
  readonly url: string;
  readonly dataFolder: string;
  /** Ends the process; its memory stays. */
  stop(): Promise<void>;
  /** Starts it again on the same memory. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one with a past. Its folder and its process are gone after `close`. */
export async function createTestPrometheus(past: readonly History[]): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-prometheus-"));
  const dataFolder = join(folder, "data");
  writeFileSync(join(folder, "prometheus.yml"), "{}\n");
  writeFileSync(join(folder, "past.txt"), [...renderOpenMetrics(past)].join(""));
  const blocks = spawnSync(
    toolPath("promtool"),
    ["tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics", "past.txt", dataFolder],
    { cwd: folder, encoding: "utf8" },
  );
  if (blocks.status !== 0) throw new Error(`Cannot make blocks: ${blocks.stdout}${blocks.stderr}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let ended: Promise<void> | undefined;
  let child: ReturnType<typeof spawn> | undefined;
  const start = async (): Promise<void> => {
    child = spawn(
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
    const exited = once(child, "exit");
    ended = exited.then(() => undefined);
    await until(
      "Prometheus to be ready",
      async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined),
      30_000,
    );
  };
  const stop = async (): Promise<void> => {
    child?.kill("SIGTERM");
    await ended;
  };
  await start();
  return {
    url,
    dataFolder,
    start,
    stop,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}
