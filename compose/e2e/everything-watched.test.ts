import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { services } from "@watchkeeper/catalogue/services";
import { stateFolder } from "@watchkeeper/native/paths";
import { launchBrowser } from "@watchkeeper/testing/browser";
import { until } from "@watchkeeper/testing/poll";
import { expect, inject, test } from "vitest";
import { fetchJson, runCommand, type Stack, urlOf } from "./stack.ts";

const stack: Stack = { portBase: inject("portBase"), stateRoot: inject("stateRoot") };

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function query(promql: string): Promise<Sample[]> {
  const url = `${urlOf(stack, "prometheus", "http")}/api/v1/query?query=${encodeURIComponent(promql)}`;
  return (await fetchJson<{ data: { result: Sample[] } }>(url)).data.result;
}

test("Prometheus reaches everything that the catalogue says is scraped", async () => {
  const scraped = Object.entries(services).flatMap(([name, service]) =>
    "scrapePort" in service ? [name] : [],
  );
  await until(
    "every target up",
    async () => {
      const jobs = (await query("up == 1")).map(({ metric }) => metric.job);
      return scraped.every((name) => jobs.includes(name)) || undefined;
    },
    60_000,
  );
  expect(await query("up == 0")).toEqual([]);
});

test("the demo's people keep the directory busy: they log in, search, find and sometimes miss", async () => {
  const busy = [
    'sum(increase(auth_login_attempts_total{login_result="success"}[2m])) > 0',
    "sum(increase(employee_search_queries_total[2m])) > 0",
    'sum(increase(http_requests_total{job="app",status=~"2.."}[2m])) > 0',
    "auth_active_sessions > 0",
    'app_dependency_up{dependency="postgres"} == 1 and on () app_dependency_up{dependency="redis"} == 1',
    'probe_success{target="app"} == 1',
  ];
  for (const promql of busy) {
    await until(promql, async () => (await query(promql)).length > 0 || undefined, 90_000);
  }
});

test("the way of alerts is proven every minute by the Watchdog", async () => {
  await until(
    "a beat",
    async () => (await query("time() - watchkeeper_pager_watchdog_last_seen_timestamp_seconds < 120"))[0],
    150_000,
  );
});

test("a person opens the printed link and sees the directory's live figures", async () => {
  const { stdout } = await runCommand(stack, ["status"]);
  const link = /open +(\S+)/.exec(stdout)?.[1] ?? "";
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(link);
    const rate = page.locator('[data-panel="rate"]').first();
    await until(
      "the request rate",
      async () => (await rate.getAttribute("data-state")) === "ready" || undefined,
      60_000,
    );
    expect(Number(await rate.getAttribute("data-value"))).toBeGreaterThan(0);
    await page.goto(`${urlOf(stack, "console", "http")}/boards/overview`);
    const panels = page.locator("[data-panel]");
    await until(
      "the board's first panel",
      async () => (await panels.first().getAttribute("data-state")) === "ready" || undefined,
      60_000,
    );
    expect(await page.locator('[data-panel][data-state="error"]').count()).toBe(0);
    expect(problems).toEqual([]);
    const again = await page.request.get(link, { maxRedirects: 0, headers: { cookie: "" } });
    expect(again.status()).toBe(403);
  } finally {
    await browser.close();
  }
});

test("no secret is in a log", () => {
  const state = stateFolder(stack.stateRoot);
  const contents = (folder: string): string[] =>
    readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8").trim());
  const logs = contents(state.logs);
  expect(logs.length).toBeGreaterThan(10);
  const secrets = contents(state.secrets);
  expect(secrets.length).toBeGreaterThan(10);
  for (const secret of secrets) for (const log of logs) expect(log.includes(secret)).toBe(false);
});
