import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@watchkeeper/native/free-port";
import { until } from "./poll.ts";
import { toolPath } from "./tools.ts";

/** A real Alertmanager that can be killed and started again, on the same port. */
export interface TestAlertmanager {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Silences and what it told are gone at its next start. */
  forget(): void;
  close(): Promise<void>;
}

/** @param hear is told what it writes into its log, details included */
export async function startAlertmanager(
  configuration: string,
  hear: (text: string) => void = () => undefined,
): Promise<TestAlertmanager> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-alertmanager-"));
  writeFileSync(join(folder, "alertmanager.yml"), configuration);
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const alertmanager: TestAlertmanager = {
    url,
    async start() {
      child = spawn(
        toolPath("alertmanager"),
        [
          `--config.file=${join(folder, "alertmanager.yml")}`,
          `--storage.path=${join(folder, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
          "--cluster.listen-address=",
          "--log.level=debug",
        ],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      child.stderr?.on("data", (chunk: Buffer) => hear(chunk.toString()));
      await until(
        "Alertmanager to be ready",
        async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined),
        30_000,
      );
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
    forget: () => rmSync(join(folder, "data"), { recursive: true, force: true }),
    async close() {
      await alertmanager.kill();
      rmSync(folder, { recursive: true });
    },
  };
  await alertmanager.start();
  return alertmanager;
}
