import { readFile } from "node:fs/promises";
import { httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { type Expr, promql, series } from "@watchkeeper/catalogue/promql";
import { launchBrowser } from "@watchkeeper/testing/browser";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestConsole,
  startTestPager,
  startTestPrometheus,
  startTestTarget,
  type TestConsole,
  type TestPager,
  type TestPrometheus,
  type TestTarget,
  testIncident,
} from "../test-rig.ts";
import { createPrometheus } from "../upstream/prometheus.ts";
import * as queries from "./queries.ts";

let target: TestTarget;
let prometheus: TestPrometheus;
let pager: TestPager;
let web: TestConsole;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  target = await startTestTarget();
  pager = await startTestPager();
  // Nobody listens on port 1.
  prometheus = await startTestPrometheus(toolPath("prometheus"), {
    app: target.metricsPort,
    redis: 1,
    "my-job": target.metricsPort,
  });
  web = await startTestConsole({ prometheusUrl: prometheus.url, pagerUrl: pager.url });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
  await prometheus?.close();
  await pager?.close();
  await target?.close();
});

const attribute = async (panel: string, name: "state" | "value"): Promise<string> =>
  (await page.locator(`[data-panel="${panel}"]`).getAttribute(`data-${name}`)) ?? "";

const stateOf = (panel: string, wanted: string): Promise<true> =>
  until(
    `panel ${panel} to be ${wanted}`,
    async () => (await attribute(panel, "state")) === wanted || undefined,
    20_000,
  );

type Answer = Record<"rate" | "errors" | "p95", { readonly value: number }> & { readonly at: string };

const textOf = (panel: string): Promise<string> => page.locator(`[data-panel="${panel}"]`).innerText();

test("a person opens the address of npm run status and lands on the board", async () => {
  const token = (await readFile(web.tokenFile, "utf8")).trim();
  await page.goto(`${web.url}/login?token=${token}`);
  expect(new URL(page.url()).pathname).toBe("/");
  await page.getByRole("heading", { name: "Now" }).waitFor();
});

test("what was measured is not called made up", async () => {
  await stateOf("rate", "ready");
  expect(await page.locator("[data-demo]").isVisible()).toBe(false);
});

test("a directory that nobody asks anything has 0 requests and no error ratio", async () => {
  await until("a rate of 0", async () => (await attribute("rate", "value")) === "0" || undefined, 20_000);
  expect(await page.locator('[data-panel="rate"] [data-text]').innerText()).toBe("0");
  for (const panel of ["errors", "p50", "p99"]) {
    expect(await attribute(panel, "state")).toBe("ready");
    expect(await attribute(panel, "value")).toBe("");
    expect(await page.locator(`[data-panel="${panel}"] [data-text]`).innerText()).toBe("–");
    expect(await textOf(panel)).toContain("no requests");
  }
});

test("what is shown equals what Prometheus answers when asked directly", async () => {
  const direct = createPrometheus(prometheus.url);
  const ask = async (expression: Expr, atSeconds = Date.now() / 1_000): Promise<number | undefined> =>
    (await direct.query(expression, atSeconds))[0]?.value;
  // A rate sees a counter from its second scrape on.
  await target.ask(200);
  await target.ask(500);
  const counted = promql`count(${series(httpRequestsTotal, { job: "app" })})`;
  await until("both counters to be scraped", async () => ((await ask(counted)) === 2 ? true : undefined));
  for (let i = 0; i < 40; i++) await target.ask(i % 4 === 0 ? 500 : 200);
  await until(
    "a quarter of errors",
    async () => Number(await attribute("errors", "value")) > 0.2 || undefined,
  );
  // A scrape may end between the two questions; then the next answer must agree.
  await until(
    "an answer that agrees with Prometheus",
    async () => {
      const response = await page.waitForResponse((answer) => answer.url().includes("/api/overview"));
      const { at, rate, errors, p95 } = (await response.json()) as Answer;
      const atSeconds = Date.parse(at) / 1_000;
      const directly = await Promise.all([
        ask(queries.requestRate("1m"), atSeconds),
        ask(queries.errorRatio("1m"), atSeconds),
        ask(queries.latency(0.95, "1m"), atSeconds),
      ]);
      if (directly.join() !== [rate.value, errors.value, p95.value].join()) return undefined;
      await until(
        "the page to show it",
        async () => (await attribute("rate", "value")) === String(rate.value) || undefined,
        2_000,
      );
      expect(await attribute("errors", "value")).toBe(String(errors.value));
      expect(await attribute("p95", "value")).toBe(String(p95.value));
      return true;
    },
    25_000,
  );
  await page
    .getByRole("img", { name: /^Latency\. p99: now [\d.]+ m?s, between/ })
    .waitFor({ timeout: 30_000 });
  expect(await page.locator(".uplot canvas").count()).toBe(3);
}, 90_000);

test("every job of Prometheus is alive or not, in words and by its title", async () => {
  await stateOf("jobs", "ready");
  expect(await attribute("jobs", "value")).toBe("2/3");
  const rows = await page.locator("[data-job]").allInnerTexts();
  expect(rows.map((row) => row.replace(/\s+/g, " "))).toEqual([
    expect.stringMatching(/^Redis since .* down$/),
    expect.stringMatching(/^Company Directory since .* up$/),
    expect.stringMatching(/^my-job since .* up$/),
  ]);
  expect(await page.locator("[data-summary]").innerText()).toBe("No open incident · down: Redis.");
});

test("an incident appears by itself and leads to its page and its runbook", async () => {
  pager.incidents = [testIncident(42, { title: "<b>ServiceDown</b>" })];
  await until(
    "the incident",
    async () => (await attribute("incidents", "value")) === "1" || undefined,
    20_000,
  );
  const row = page.locator('[data-incident="42"]');
  expect(await row.innerText()).toContain("<b>ServiceDown</b>");
  expect(await row.getByRole("link", { name: "Runbook" }).getAttribute("href")).toBe("/runbooks/ServiceDown");
  await row.getByRole("heading").getByRole("link").click();
  await page.getByText("550 no such user").waitFor();
  pager.incidents = [testIncident(42, { state: "resolved", resolvedAt: new Date().toISOString() })];
  await page.locator('[data-panel="incident"][data-value="resolved"]').waitFor({ timeout: 20_000 });
  await page.goBack();
  await until(
    "no incident",
    async () => (await attribute("incidents", "value")) === "0" || undefined,
    20_000,
  );
  expect(await textOf("incidents")).toContain("Nobody has to do anything");
});

test("the range is part of the address", async () => {
  await page.getByRole("link", { name: "60 min" }).click();
  await page.waitForURL("**/?range=60m");
  await until(
    "121 points",
    async () => (await attribute("chart-rate", "value")) === "121" || undefined,
    20_000,
  );
  await page.reload();
  expect(await page.locator('[data-range="60m"]').getAttribute("aria-current")).toBe("true");
  await page.goBack();
  await until(
    "61 points",
    async () => (await attribute("chart-rate", "value")) === "61" || undefined,
    20_000,
  );
});

test("no number stays when Prometheus goes away, and all come back with it", async () => {
  await stateOf("rate", "ready");
  await prometheus.stop();
  await stateOf("rate", "error");
  for (const panel of [
    "rate",
    "errors",
    "p50",
    "p95",
    "p99",
    "chart-rate",
    "chart-latency",
    "jobs",
    "outside",
    "watchdog",
  ]) {
    expect(await attribute(panel, "state")).toBe("error");
    expect(await attribute(panel, "value")).toBe("");
  }
  expect(await page.locator('[data-panel="rate"] [data-text]').innerText()).toBe("?");
  expect(await textOf("chart-rate")).toMatch(/Prometheus cannot be reached, since \d/);
  expect(await page.locator(".uplot").count()).toBe(0);
  expect(await page.locator("[data-job]").count()).toBe(0);
  expect(await attribute("incidents", "state")).toBe("ready");
  await prometheus.start();
  await stateOf("rate", "ready");
});

test("the page is as wide as a phone, and nothing broke its policy", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  expect(complaints).toEqual([]);
});

test("no number stays when the console itself goes away", async () => {
  await web.close();
  await stateOf("rate", "error");
  expect(await page.locator("[data-summary]").innerText()).toBe("The console cannot be reached.");
  expect(await attribute("incidents", "state")).toBe("error");
});
