import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { launchBrowser } from "@watchkeeper/testing/browser";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import type { Browser, Locator, Page } from "playwright-core";
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
} from "../test-rig.ts";
import { testBoard } from "./test-board.ts";

/** What people do with a board, and what goes wrong, in a real browser before a real Prometheus. */

let target: TestTarget;
let prometheus: TestPrometheus;
let pager: TestPager;
let web: TestConsole;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  target = await startTestTarget();
  pager = await startTestPager();
  prometheus = await startTestPrometheus(toolPath("prometheus"), { app: target.metricsPort });
  web = await startTestConsole({ prometheusUrl: prometheus.url, pagerUrl: pager.url });
  await writeFile(join(web.folder, "everything.json"), JSON.stringify(testBoard));
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 5_000 } });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (request.url().includes("/api/prometheus/query")) asked.push(request.postData() ?? "");
  });
  const token = (await readFile(web.tokenFile, "utf8")).trim();
  await page.goto(`${web.url}/login?token=${token}`);
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
  await prometheus?.close();
  await pager?.close();
  await target?.close();
});

const card = (title: string): Locator =>
  page.locator("[data-panel]").filter({ has: page.locator("h3", { hasText: new RegExp(`^${title}$`) }) });

const stateOf = async (title: string): Promise<string> =>
  (await card(title).getAttribute("data-state")) ?? "";
const shownValue = async (title: string): Promise<string> =>
  (await card(title).getAttribute("data-value")) ?? "";

const settled = (): Promise<true> =>
  until(
    "the board to be drawn",
    async () =>
      ((await page.locator("[data-panel]").count()) > 15 &&
        (await page.locator('[data-state="loading"]:visible').count()) === 0 &&
        (await page.locator("[aria-busy]").count()) === 0) ||
      undefined,
    20_000,
  );

const open = async (search = ""): Promise<void> => {
  await page.goto(`${web.url}/boards/everything${search}`);
  await settled();
};

test("the page's script is small", async () => {
  const script = await (await fetch(`${web.url}/assets/console.js`)).text();
  expect(gzipSync(script).length).toBeLessThan(150 * 1024);
});

test("every question is asked once at the first sight", async () => {
  await open();
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((question, i) => asked.indexOf(question) !== i)).toEqual([]);
});

test.each([
  ["One", "ready", "42.5"],
  ["No number", "empty", ""],
  ["Endless", "ready", "Infinity"],
  ["Endless below", "ready", "-Infinity"],
  ["Nothing", "empty", ""],
  ["Empty chart", "empty", ""],
  ["Bar chart", "ready", "3,4"],
  ["Many rows", "ready", "1"],
  ["Two axes", "ready", undefined],
  ["States", "ready", undefined],
  ["Gaps", "ready", undefined],
  ["Hostile", "ready", "text"],
])("the panel %s is %s", async (title, state, value) => {
  expect(await stateOf(title)).toBe(state);
  if (value !== undefined) expect(await shownValue(title)).toBe(value);
});

test.each([
  ["Broken query", /parse error/],
  ["Duplicate", /many-to-many|duplicate/],
  ["Unknown type", /the console does not draw: type "piechart"/],
  ["Unknown unit", /fieldConfig\.defaults\.unit "furlongs"/],
])("the panel %s says what is wrong", async (title, reason) => {
  expect(await stateOf(title)).toBe("error");
  expect(await card(title).locator(".card-note").innerText()).toMatch(reason);
});

test("numbers that are none read as what they are", async () => {
  expect(await card("Endless").locator("strong").innerText()).toBe("∞");
  expect(await card("Endless below").innerText()).toContain("-∞");
  expect(await card("No number").locator("strong").innerText()).toBe("No data");
  expect(await card("Nothing").locator("strong").innerText()).toBe("nobody");
  expect(await card("Empty chart").locator(".card-note").innerText()).toBe("No data");
});

test("words can do nothing but be read, and know the variables", async () => {
  expect(await card("Hostile").locator("b, strong").innerText()).toBe("Hello");
  expect(await card("Hostile").innerText()).toContain("value-1");
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Everything </script>");
});

test("a chart can be read without seeing it", async () => {
  const chart = card("Two axes").getByRole("img");
  expect(await chart.getAttribute("aria-label")).toMatch(
    /^Two axes\. seconds: last .*; bytes: last .*iB, between/,
  );
  await chart.focus();
  await chart.press("ArrowRight");
  await until("the point to be said", async () => {
    const said = await page.locator("[data-announce]").innerText();
    return /seconds \d.*bytes/.test(said) || undefined;
  });
});

test("a row repeats for what is chosen, and a folded row asks for nothing until it is opened", async () => {
  const headings = await page.locator(".row h2").allInnerTexts();
  expect(headings).toEqual(["For left", "For right", "Folded"]);
  expect(await stateOf("Inside")).toBe("loading");
  await page.locator("summary", { hasText: "Folded" }).click();
  await until("its panel", async () => (await shownValue("Inside")) === "5" || undefined);
  await open("?var-each=middle");
  expect(await page.locator(".row h2").allInnerTexts()).toEqual(["For middle", "Folded"]);
});

test("a panel repeats for what is chosen, also within a row that repeats", async () => {
  await open();
  const copies = page.getByRole("heading", { level: 3, name: /^Copy of/ });
  // In the row of each value stands the one copy of that value.
  await until("the copies", async () => (await copies.count()) === 2 || undefined);
  expect(await copies.allInnerTexts()).toEqual(["Copy of left", "Copy of right"]);
});

test("ten thousand values can be searched and chosen; the address keeps them as Grafana does", async () => {
  await open();
  const picker = page.locator('[data-variable="pick"]');
  await picker.locator("summary").click();
  await picker.getByText(/^9,851 more/).waitFor();
  expect(await picker.locator("label").count()).toBeLessThan(200);
  await picker.getByRole("searchbox").fill("value-9876");
  await picker.getByText("value-9876", { exact: true }).click();
  await page.waitForURL(/var-pick=value-1&var-pick=value-9876/);
  await until(
    "the words to follow",
    async () => (await card("Hostile").innerText()).includes("value-1 + value-9876") || undefined,
  );
  await page.goBack();
  await until(
    "the step back",
    async () => !(await card("Hostile").innerText()).includes("9876") || undefined,
  );
});

test("a variable's values come from Prometheus", async () => {
  const picker = page.locator('[data-variable="job"]');
  await until("the job", async () => {
    await page.getByRole("button", { name: "Refresh now" }).click();
    await settled();
    return (await picker.locator("summary").innerText()) === "All" || undefined;
  });
});

test("dragging over a chart shows that span everywhere", async () => {
  const box = await card("Two axes").locator(".u-over").boundingBox();
  if (!box) throw new Error("There is no chart");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d{13}&to=\d{13}/);
  const parameters = new URL(page.url()).searchParams;
  const minutes = (Number(parameters.get("to")) - Number(parameters.get("from"))) / 60_000;
  expect(minutes).toBeGreaterThan(13);
  expect(minutes).toBeLessThan(17);
  await page.getByRole("button", { name: "Zoom out" }).click();
  await settled();
});

test("a refresh changes the lines, not the chart", async () => {
  await open();
  const canvas = await card("Two axes").locator("canvas").elementHandle();
  await page.getByRole("button", { name: "Refresh now" }).click();
  await settled();
  expect(await canvas?.evaluate((element) => element.isConnected)).toBe(true);
});

test("a click on a title sorts, and a link leads to the board it names", async () => {
  const table = card("Many rows");
  const title = table.getByRole("button", { name: "Number" });
  await title.click();
  expect(await table.locator("th").last().getAttribute("aria-sort")).toBe("descending");
  await title.click();
  expect(await table.locator("th").last().getAttribute("aria-sort")).toBe("ascending");
  expect(await table.getByRole("link", { name: "app" }).getAttribute("href")).toBe(
    "/boards/overview?var-job=app",
  );
});

test("Grafana's address of a board leads to it", async () => {
  await page.goto(`${web.url}/d/everything/some-title?from=now-3h&to=now`);
  expect(page.url()).toBe(`${web.url}/boards/everything?from=now-3h&to=now`);
});

test("one panel can be seen alone, as Grafana's links to a panel want it", async () => {
  await open();
  await card("Two axes").hover();
  await card("Two axes").getByRole("button", { name: /alone/ }).click();
  await page.waitForURL(/viewPanel=\d+/);
  await until("one panel", async () => (await page.locator("[data-panel]").count()) === 1 || undefined);
  await page.getByRole("link", { name: "The whole board" }).click();
  await settled();
});

test.each([
  ["?from=now-10y&to=now", "ready"],
  ["?from=0&to=1000000000000", "ready"],
])("a very long range is drawn: %s", async (search, state) => {
  await page.goto(`${web.url}/boards/everything${search}`);
  if (search.includes("10y")) {
    await settled();
    expect(await stateOf("Two axes")).toBe(state);
  } else await page.getByText("Cannot show a time range of more than ten years").waitFor();
});

test("no number stays when Prometheus goes away, and all come back with it", async () => {
  await open();
  await prometheus.stop();
  await page.getByRole("button", { name: "Refresh now" }).click();
  await until("the error", async () => (await stateOf("One")) === "error" || undefined, 20_000);
  expect(await card("One").locator(".card-note").innerText()).toBe("Prometheus cannot be reached");
  expect(await shownValue("One")).toBe("");
  await page.getByText(/\d+ panels without data since/).waitFor();
  expect(await card("One").locator("strong").isVisible()).toBe(false);
  await prometheus.start();
  await page.getByRole("button", { name: "Refresh now" }).click();
  await until("the number", async () => (await shownValue("One")) === "42.5" || undefined, 20_000);
  expect(await card("One").locator("strong").isVisible()).toBe(true);
});

test("nothing broke the page or its policy", () => {
  expect(complaints).toEqual([]);
});
