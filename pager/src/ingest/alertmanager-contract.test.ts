import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { startAlertmanager, type TestAlertmanager } from "@watchkeeper/testing/alertmanager";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askAlertmanagers } from "../reconcile/alertmanager.ts";
import { type Payload, parsePayload } from "./payload.ts";

const run = promisify(execFile);
let receiver: Server;
let alertmanager: TestAlertmanager;
/** What Alertmanager sent, as the pager reads it. */
const payloads: Payload[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    payloads.push(parsePayload(Buffer.concat(chunks)));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  alertmanager = await startAlertmanager(`
route: { receiver: pager, group_by: [service], group_wait: 300ms, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: pager
    webhook_configs: [{ url: "http://127.0.0.1:${port}/", max_alerts: 2, send_resolved: true }]
  - name: others
`);
});
afterAll(async () => {
  await alertmanager.close();
  receiver.closeAllConnections();
  receiver.close();
});

const amtool = (...args: string[]) =>
  run(toolPath("amtool"), [`--alertmanager.url=${alertmanager.url}`, ...args]);
const add = (instance: string, ...more: string[]) =>
  amtool("alert", "add", "ServiceDown", "service=shop", "severity=P0", `instance=${instance}`, ...more);

test("what a real Alertmanager sends is read whole: beginnings, ends and what it leaves out", async () => {
  await add(
    "one",
    "--annotation=summary=It is down <now> & \u00fc",
    "--generator-url=http://prometheus.example/",
  );
  const first = await until("the first", () => payloads[0]);
  expect(first).toMatchObject({ unreadable: null, truncatedAlerts: 0 });
  expect(first.facts).toMatchObject([
    {
      status: "firing",
      priority: "P0",
      incidentKey: '["alertmanager","ServiceDown","shop"]',
      annotations: { summary: "It is down <now> & \u00fc" },
    },
  ]);
  await Promise.all([add("two"), add("three")]);
  const cut = await until("one that was cut", () => payloads.find((payload) => payload.truncatedAlerts > 0));
  expect(cut).toMatchObject({ unreadable: null, truncatedAlerts: 1, facts: { length: 2 } });

  await add("one", `--end=${new Date().toISOString()}`);
  const over = await until("the end", () =>
    payloads.flatMap(({ facts }) => facts).find(({ status }) => status === "resolved"),
  );
  expect(over).toMatchObject({ fingerprint: first.facts[0]?.fingerprint, labels: { instance: "one" } });
  expect(Date.parse(over.factAt ?? "")).toBeGreaterThan(Date.parse(first.facts[0]?.factAt ?? ""));
  expect(payloads.filter(({ unreadable }) => unreadable !== null)).toEqual([]);
});

test("a real Alertmanager tells what it left out and what is silenced when it is asked", async () => {
  await amtool("silence", "add", "--author=ada", "--comment=known", "--duration=1h", "instance=two");
  const states = async () => {
    const { alerts, upSince } = await askAlertmanagers(
      [alertmanager.url],
      "pager",
      AbortSignal.timeout(5_000),
    );
    expect(Math.abs(Date.now() - upSince.getTime())).toBeLessThan(60_000);
    return alerts.map(({ labels, status }) => `${labels.instance} ${status.state}`).sort();
  };
  await until("the silence", async () => (await states()).includes("two suppressed") || undefined);
  expect(await states()).toEqual(["three active", "two suppressed"]);
  const others = await askAlertmanagers([alertmanager.url], "others", AbortSignal.timeout(5_000));
  expect(others.alerts).toEqual([]);
});
