import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { afterEach, expect, test } from "vitest";
import { exhaustedIn, renderExhaustion } from "./budget.ts";
import { runCommand } from "./run.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Something that answers as Prometheus would: the values of promises by the name of the recorded series. */
async function prometheusWith(
  values: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://localhost").searchParams.get("query") ?? "";
    const result = Object.entries(values[query] ?? {}).map(([name, value]) => {
      const [slo, tenant] = name.split("/");
      return { metric: { slo, ...(tenant && { tenant }) }, value: [0, String(value)] };
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function runBudget(...args: readonly string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(
    ["budget", ...args],
    {},
    (line) => lines.push(line),
    (line) => complaints.push(line),
  );
  return { code, output: lines.join("\n"), complaint: complaints.join("\n") };
}

test("shows what is left, how fast it burns and when it will be gone, or that nothing was measured", async () => {
  const address = await prometheusWith({
    [sloSeries.eventsCumulative]: { DirectoryLogin: 1_000, DirectorySearch: 1_000, DirectoryCache: 0 },
    [sloSeries.budgetRemaining]: { DirectoryLogin: 0.5, DirectorySearch: -0.1, DirectoryCache: 1 },
    [sloSeries.burnRate1h]: { DirectoryLogin: 3, DirectorySearch: 2, DirectoryCache: 0 },
    [sloSeries.burnRate6h]: { DirectoryLogin: 1.5, DirectorySearch: 2, DirectoryCache: 0 },
  });
  const { code, output } = await runBudget("--prometheus", address);
  expect(code).toBe(0);
  expect(output).toMatch(/DirectoryLogin +99\.9% of 30 d +50\.00% +3\.00 +1\.50 +in 5\.0 d/);
  expect(output).toMatch(/DirectorySearch +99\.9% of 30 d +-10\.00% +2\.00 +2\.00 +exhausted/);
  expect(output).toMatch(/DirectoryCache +70% of 30 d +not measured/);
  expect(output).toMatch(/PagerDelivery .*not measured/);
});

test("a promise to each of several has a line for each of them, whoever has least left first", async () => {
  const each = (values: readonly [number, number, number]) => ({
    "DirectoryTenants/acme": values[0],
    "DirectoryTenants/globex": values[1],
    "DirectoryTenants/other": values[2],
  });
  const address = await prometheusWith({
    [sloSeries.eventsCumulative]: each([1_000, 500, 0]),
    [sloSeries.budgetRemaining]: each([0.9, -0.2, 1]),
    [sloSeries.burnRate1h]: each([1, 7, 0]),
    [sloSeries.burnRate6h]: each([1, 5, 0]),
  });
  const { output } = await runBudget("--prometheus", address, "--slo", "DirectoryTenants");
  const [, ...rows] = output.split("\n");
  expect(rows[0]).toMatch(/^DirectoryTenants +99\.9% of 30 d +to each of 3$/);
  expect(rows[1]).toMatch(/^ {2}globex +-20\.00% +7\.00 +5\.00 +exhausted$/);
  expect(rows[2]).toMatch(/^ {2}acme +90\.00% +1\.00 +1\.00 +in 27\.0 d$/);
  expect(rows[3]).toMatch(/^ {2}other .*not measured/);
});

test("there are never more lines than the promise tells apart, and one for all others", async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`DirectoryTenants/t${i}`, i / 50]));
  const address = await prometheusWith({
    [sloSeries.eventsCumulative]: many,
    [sloSeries.budgetRemaining]: many,
    [sloSeries.burnRate1h]: many,
  });
  const { output } = await runBudget("--prometheus", address, "--slo", "DirectoryTenants");
  expect(output.split("\n")).toHaveLength(2 + 21);
});

test("a budget over a calendar lasts for the period at most", () => {
  const month = { days: 30, calendar: { each: "month", zone: "Europe/Berlin" } } as const;
  const twentieth = Date.UTC(2026, 9, 20) / 1_000;
  expect(renderExhaustion(month, 0.5, 3, twentieth)).toBe("in 5.0 d");
  expect(renderExhaustion(month, 0.5, 1, twentieth)).toBe("not this month");
  expect(renderExhaustion(month, 0.5, 0, twentieth)).toBe("not at this pace");
  expect(renderExhaustion(month, 0, 3, twentieth)).toBe("exhausted");
  expect(renderExhaustion({ days: 30 }, 0.5, 1, twentieth)).toBe("in 15.0 d");
});

test("says in one sentence that Prometheus is away", async () => {
  const { code, complaint } = await runBudget("--prometheus", "http://127.0.0.1:1");
  expect(code).toBe(1);
  expect(complaint).toMatch(
    /^Cannot ask Prometheus at http:\/\/127\.0\.0\.1:1 as .+: start it with npm start, or/,
  );
  expect(complaint).not.toContain("\n");
});

test.each([
  [["--prometheus", "nowhere"], "must be an address such as http://127.0.0.1:4710: current value is nowhere"],
  [["--slo", "Nothing"], 'Cannot find SLO "Nothing" as there is no such promise: DirectoryAvailability,'],
  [["--soon", "1"], "Cannot run slo budget: Unknown option '--soon' (it takes: --prometheus, --slo)"],
])("refuses %j", async (args, reason) => {
  const { code, complaint } = await runBudget(...args);
  expect(code).toBe(1);
  expect(complaint).toContain(reason);
});

test("an answer that is none of Prometheus is no budget", async () => {
  const server = createServer((_, response) => response.end("{}"));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await runBudget("--prometheus", address)).complaint).toContain("its answer is none of Prometheus");
});

test("a budget lasts as long as its rest at the pace of now", () => {
  expect(exhaustedIn(1, 1, 30)).toBe(30 * 86_400);
  expect(exhaustedIn(0.5, 100, 30)).toBe(0.15 * 86_400);
  expect(exhaustedIn(0.5, 0, 30)).toBeUndefined();
  expect(exhaustedIn(-1, 0, 30)).toBe(0);
});
