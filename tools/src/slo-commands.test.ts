import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { expect, test } from "vitest";
import { runSlo } from "./slo-commands.ts";

test.each<[string, string]>([
  ["burn", 'Cannot run slo "burn" as there is no such command: simulate, budget'],
  ["", 'Cannot run slo "" as there is no such command: simulate, budget'],
  [
    "simulate --objective 120",
    "Cannot read --objective as it must be a number from 50 to 99.999: current value is 120",
  ],
  [
    "simulate --rps much",
    "Cannot read --rps as it must be a number from 0.0001 to 100000: current value is much",
  ],
  ["simulate --speed 9", "only these options exist: --objective VALUE, --rps VALUE"],
  ["budget --prometheus http://127.0.0.1:9", "does not answer"],
])("slo %s says what is wrong", async (line, message) => {
  await expect(async () => runSlo(line.split(" "), {})).rejects.toThrow(message);
});

/** Answers as Prometheus' API does. */
async function answering(body: unknown) {
  const server = createServer((_request, response) => void response.end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("budgets are shown as Prometheus has them, and unknown where it has none", async () => {
  const sample = {
    metric: { __name__: sloSeries.budgetRemaining, slo: "DirectoryLogin" },
    value: [1, "0.25"],
  };
  const { server, url } = await answering({ status: "success", data: { result: [sample] } });
  try {
    const table = await runSlo(["budget", "--prometheus", url], {});
    expect(table).toContain("| DirectoryLogin | 99.90 % | 25.00 % | 0.25 | 0.25 | 0.3 |");
    expect(table).toContain("| DirectoryCache | 70.00 % | unknown | unknown | unknown | unknown |");
  } finally {
    server.close();
  }
});

test("something else than Prometheus is told as such", async () => {
  const { server, url } = await answering({ hello: "world" });
  try {
    await expect(runSlo(["budget", "--prometheus", url], {})).rejects.toThrow("is no Prometheus");
  } finally {
    server.close();
  }
});
