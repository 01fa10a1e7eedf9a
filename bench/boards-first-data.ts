import { launchBrowser } from "@watchkeeper/testing/browser";

/**
 * A browser that has never seen the console opens one page, for `boards.bench.ts`, and prints after how many
 * milliseconds the first panel showed data, from the moment at which it began to load, by its own clock.
 */
const { WATCHKEEPER_BENCH_URL: url = "", WATCHKEEPER_BENCH_COOKIE: cookie = "" } = process.env;

const READY = '[data-panel][data-state="ready"]';
const browser = await launchBrowser();
try {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: new URL(url).origin }]);
  const page = await context.newPage();
  // A page's script, as text: this program has no document.
  await page.addInitScript(`
    new MutationObserver(() => {
      if (window.firstDataMs === undefined && document.querySelector(${JSON.stringify(READY)}))
        window.firstDataMs = performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] })`);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForSelector(READY, { timeout: 60_000 });
  process.stdout.write(`${await page.evaluate("window.firstDataMs")}\n`);
} finally {
  await browser.close();
}
