import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@watchkeeper/native/free-port";
import { obtainTools } from "@watchkeeper/native/tools";
import { until } from "@watchkeeper/testing/poll";

/** @returns requests of a minute in which so many different alerts came through Alertmanager's own Slack and webhook receivers */
export async function alertmanagerStorm(alerts: number, bodyAlerts: number): Promise<number> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().on("end", () => response.end("ok"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), "alertmanager-storm-"));
  const file = join(folder, "alertmanager.yml");
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(
    file,
    `route: { receiver: all, group_by: [alertname, service], group_wait: 1s, group_interval: 30s }\nreceivers:\n  - name: all\n    slack_configs: [{ api_url: "${url}/slack", channel: "#incidents" }]\n    webhook_configs: [{ url: "${url}/webhook" }]\n`,
  );
  const tools = await obtainTools(() => undefined);
  const listen = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${file}`,
    `--storage.path=${folder}`,
    `--web.listen-address=${listen}`,
    "--cluster.listen-address=",
  ];
  const child = spawn(tools.alertmanager.path, args, {
    stdio: "ignore",
    env: { ...process.env, ...tools.alertmanager.env },
  });
  try {
    await until("Alertmanager", async () =>
      (await fetch(`http://${listen}/-/ready`)).ok ? true : undefined,
    );
    const startMs = Date.now();
    for (let part = 0; part < alerts / bodyAlerts; part++) {
      const body = Array.from({ length: bodyAlerts }, (_, n) => ({
        labels: { alertname: `Storm${part * bodyAlerts + n}`, service: "storm", severity: "page" },
      }));
      const response = await fetch(`http://${listen}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      await sleep(50);
    }
    await sleep(Math.max(0, startMs + 60_000 - Date.now()));
    return requests;
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
