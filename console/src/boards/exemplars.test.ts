import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser } from "@watchkeeper/testing/browser";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestConsole, startTestPrometheus, type TestConsole, type TestPrometheus } from "../test-rig.ts";
import type { Board } from "./model.ts";

/** Dots of single requests, from a real Prometheus that has scraped them. */

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SLOW_SECONDS = 0.8;

/** A target whose every scrape has one slow request more. */
function startTarget(): Server {
  let slow = 0;
  return createServer((_req, res) => {
    slow += 1;
    const at = (Date.now() / 1_000).toFixed(3);
    const labels = 'method="GET",route="/api/employees",status="200"';
    res.setHeader("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
    res.end(
      [
        "# TYPE took_seconds histogram",
        `took_seconds_bucket{${labels},le="0.5"} ${slow * 10}`,
        `took_seconds_bucket{${labels},le="1.0"} ${slow * 11} # {trace_id="${TRACE}"} ${SLOW_SECONDS} ${at}`,
        `took_seconds_bucket{${labels},le="+Inf"} ${slow * 11}`,
        `took_seconds_count{${labels}} ${slow * 11}`,
        `took_seconds_sum{${labels}} ${slow}`,
        "# EOF\n",
      ].join("\n"),
    );
  });
}

const chart = (id: number, title: string, exemplar: boolean) => ({
  id,
  title,
  type: "timeseries",
  gridPos: { x: 12 * (id - 1), y: 0, w: 12, h: 8 },
  fieldConfig: { defaults: { unit: "s", min: 0, max: 1 }, overrides: [] },
  options: { tooltip: { mode: "multi" } },
  targets: [
    {
      refId: "A",
      expr: "histogram_quantile(0.5, sum by (le) (rate(took_seconds_bucket[5s])))",
      legendFormat: "half",
      exemplar,
    },
  ],
});
const board: Board = {
  uid: "dots",
  title: "Dots",
  time: { from: "now-2m", to: "now" },
  panels: [chart(1, "With dots", true), chart(2, "Without", false)],
};

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-exemplars-"));
writeFileSync(join(folder, "dots.json"), JSON.stringify(board));

let target: Server;
let prometheus: TestPrometheus;
let web: TestConsole;
let browser: Browser;
beforeAll(async () => {
  target = startTarget().listen(0, "127.0.0.1");
  await new Promise((resolve) => target.once("listening", resolve));
  prometheus = await startTestPrometheus(toolPath("prometheus"), {
    app: (target.address() as AddressInfo).port,
  });
  web = await startTestConsole({ prometheusUrl: prometheus.url, settings: { boardsDir: folder } });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await web?.close();
  await prometheus?.close();
  target?.close();
  rmSync(folder, { recursive: true });
});

async function openBoard(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_200, height: 700 } });
  const [name = "", value = ""] = (await web.signIn()).split(/=(.*)/s);
  await context.addCookies([{ name, value: value.split(";")[0] ?? "", url: web.url }]);
  const page = await context.newPage();
  await page.goto(`${web.url}/boards/dots?refresh=5s`);
  return page;
}

const dotsOf = (page: Page, panel: number): Promise<string | null> =>
  page.locator(`[data-panel="${panel}"] .plot`).getAttribute("data-exemplars");

test("a chart shows the requests whose trace was kept, and names the trace under the pointer", async () => {
  const page = await openBoard();
  await until("dots to be there", async () => Number(await dotsOf(page, 1)) > 0 || undefined, 30_000);
  expect(await dotsOf(page, 2)).toBe("0");
  const frame = await page.locator('[data-panel="1"] .u-over').boundingBox();
  if (!frame) throw new Error("the chart has no place");
  const tip = page.locator('[data-panel="1"] .tip');
  // The requests are of the last seconds, at the right edge; their height is that of 0.8 s on an axis up to 1 s.
  const y = frame.y + frame.height * (1 - SLOW_SECONDS);
  const text = await until(
    "the pointer to meet a dot",
    async () => {
      for (let back = 2; back < 200; back += 5) {
        await page.mouse.move(frame.x + frame.width - back, y);
        // The chart follows the pointer with the next frame.
        await page.evaluate(
          "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        );
        const said = (await tip.isVisible()) ? await tip.innerText() : "";
        if (said.includes("trace")) return said;
      }
      return undefined;
    },
    30_000,
  );
  expect(text).toContain(`GET /api/employees 200, trace ${TRACE}`);
  expect(text).toContain("800 ms");
}, 60_000);

test("a chart whose dots cannot be had is drawn without", async () => {
  const context = await browser.newContext();
  const [name = "", value = ""] = (await web.signIn()).split(/=(.*)/s);
  await context.addCookies([{ name, value: value.split(";")[0] ?? "", url: web.url }]);
  const page = await context.newPage();
  await page.route("**/query_exemplars", (route) => route.fulfill({ status: 502, body: "{}" }));
  await page.goto(`${web.url}/boards/dots`);
  await page.waitForSelector('[data-panel="1"][data-state="ready"]');
  expect(await dotsOf(page, 1)).toBe("0");
}, 30_000);
