import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "@watchkeeper/testing/browser";
import { until } from "@watchkeeper/testing/poll";
import { toolPath } from "@watchkeeper/testing/tools";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startTestCollector,
  startTestConsole,
  startTestPager,
  startTestPrometheus,
  type TestConsole,
  type TestPager,
  type TestPrometheus,
  testIncident,
} from "../test-rig.ts";
import type { Board } from "./model.ts";
import { panelsOf } from "./panels-of.ts";
import { TWO_HOURS, writeHistory } from "./test-history.ts";

/** Every generated board in a real browser, drawn from a real Prometheus. */

const folder = fileURLToPath(new URL("../../../grafana/dashboards/generated/", import.meta.url));
const boards = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(folder + file, "utf8")) as Board);

/** Panels that may show nothing, by title, and why. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  "Acknowledged after (MTTA)": "nobody had to be told anything in the last hours",
  "Resolved after (MTTR)": "nothing had to be resolved in the last hours",
  "Alerts that fire": "nothing fires at the end of the demo's past",
  "First certificate expires in": "the demo is probed without TLS",
  "From alert to provider": "nobody had to be told anything in the last hours",
  "Later than due": "no level of an escalation was due in the last hours",
  "Who made the noise": "no alert fired in the last hours",
};

/** Pictures for people to look at, where somebody asks for them. */
const pictures = process.env.WATCHKEEPER_TEST_PICTURES;

let prometheus: TestPrometheus;
let pager: TestPager;
let collector: Awaited<ReturnType<typeof startTestCollector>>;
let web: TestConsole;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  pager = await startTestPager();
  collector = await startTestCollector();
  pager.incidents = [testIncident(42)];
  prometheus = await startTestPrometheus(toolPath("prometheus"), {}, (data) =>
    writeHistory(toolPath("promtool"), data, Date.now() / 1_000, TWO_HOURS),
  );
  web = await startTestConsole({
    prometheusUrl: prometheus.url,
    pagerUrl: pager.url,
    collectorUrl: collector.url,
    settings: { boardsDir: folder },
  });
  browser = await launchBrowser();
  if (pictures) await mkdir(pictures, { recursive: true });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await web?.close();
  await prometheus?.close();
  await pager?.close();
  await collector?.close();
});

const MODES = {
  light: { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

let session: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;

async function open(mode: keyof typeof MODES): Promise<Page> {
  const context = await browser.newContext({ ...MODES[mode], ...(session && { storageState: session }) });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  if (!session) {
    const token = (await readFile(web.tokenFile, "utf8")).trim();
    await page.goto(`${web.url}/login?token=${token}`);
    session = await context.storageState();
  }
  return page;
}

interface Shown {
  readonly title: string;
  readonly state: string;
  readonly value: string;
  readonly text: string;
}

const shownOn = (page: Page): Promise<readonly Shown[]> =>
  page.locator("[data-panel]").evaluateAll((cards) =>
    cards.map((card) => {
      const { state = "", value = "" } = (card as unknown as { dataset: Record<string, string> }).dataset;
      const note = card.querySelector(".card-note")?.textContent ?? "";
      return { title: card.querySelector("h3")?.textContent ?? "", state, value, text: note };
    }),
  );

/** Scrolls through the page, since a panel out of sight asks for nothing. */
async function seeEverything(page: Page, panels: number): Promise<readonly Shown[]> {
  return await until(
    "every panel to have loaded",
    async () => {
      await page
        .locator('[data-panel][data-state="loading"]')
        .first()
        .scrollIntoViewIfNeeded({ timeout: 500 })
        .catch(() => {});
      const shown = await shownOn(page);
      return shown.length >= panels && shown.every(({ state }) => state !== "loading") ? shown : undefined;
    },
    40_000,
  );
}

/** What the board has asked, by path and form. */
interface Question {
  readonly path: string;
  readonly form: string;
}

/** Asks Prometheus itself. @returns the last number of each series, in Prometheus' order */
async function lastNumbers({ path, form }: Question): Promise<readonly number[]> {
  const answer = await fetch(`${prometheus.url}/api/v1/${path}`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  const { data } = (await answer.json()) as {
    data: { result: { value?: [number, string]; values?: [number, string][] }[] };
  };
  return data.result.map(({ value, values = [] }) => {
    const known = (value ? [value] : values).filter(([, text]) => text !== "NaN");
    return Number(known.at(-1)?.[1]);
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** The question that an expression became once its variables were filled in. */
const questionOf = (expr: string, questions: readonly Question[]): Question | undefined => {
  const pattern = new RegExp(`^${expr.split(/\$\w+/).map(escaped).join("[^)]+?")}$`, "s");
  return questions.find(({ form }) => pattern.test(new URLSearchParams(form).get("query") ?? ""));
};

test.each(["/?range=6h", "/boards/overview?from=now-90m&to=now"])(
  "%s says that its data was made up",
  async (path) => {
    const page = await open("light");
    await page.goto(web.url + path);
    await page.getByText(/^Demo data until \d\d:\d\d$/).waitFor();
    // And nobody is said to have been up in a past that never was.
    if (path.startsWith("/?"))
      expect(await page.locator('[data-panel="jobs"]').innerText()).not.toContain("for over 6 h");
    await page.context().close();
  },
);

test("a board prints whole, in light colours and without what is pressed", async () => {
  const page = await open("dark");
  await page.goto(`${web.url}/boards/overview?from=now-90m&to=now`);
  await page.waitForSelector('[data-panel][data-state="ready"]');
  await page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')");
  await page.getByRole("button", { name: "Print" }).click();
  await page.waitForSelector("[data-printed]");
  // Also what was never scrolled to.
  expect((await shownOn(page)).filter(({ state }) => state === "loading")).toEqual([]);
  await page.emulateMedia({ media: "print" });
  for (const pressed of ["Print", "Zoom out", "Sign out"])
    expect(await page.getByRole("button", { name: pressed }).isVisible(), pressed).toBe(false);
  expect(await page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")).toBe(
    "rgb(255, 255, 255)",
  );
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  const pages = pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(1);
  expect(pages).toBeLessThan(8);
  await page.context().close();
}, 60_000);

describe.each(boards.map((board) => [board.uid, board] as const))("the board %s", (uid, board) => {
  const panels = panelsOf(board).filter(({ type }) => type !== "row");

  test("shows the numbers that Prometheus answers when asked directly", async () => {
    const page = await open("light");
    const questions: Question[] = [];
    page.on("request", (request) => {
      const path = /\/api\/prometheus\/(query(?:_range)?)$/.exec(request.url())?.[1];
      if (path) questions.push({ path, form: request.postData() ?? "" });
    });
    await page.goto(`${web.url}/boards/${uid}?from=now-90m&to=now`);
    const shown = await seeEverything(page, panels.length);
    let compared = 0;
    for (const { type, title, targets = [] } of panels) {
      const [target] = targets;
      if (!["stat", "gauge", "bargauge"].includes(type) || targets.length !== 1 || !target?.expr) continue;
      const question = questionOf(target.expr, questions);
      expect(question, `${title} asks ${target.expr}`).toBeDefined();
      if (!question) continue;
      const numbers = await lastNumbers(question);
      const values = shown.filter((card) => card.title === title).map(({ value }) => value);
      expect(values, title).toContain(numbers.join(","));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
    await page.context().close();
  }, 60_000);

  test.each(Object.keys(MODES) as (keyof typeof MODES)[])(
    "is complete, %s",
    async (mode) => {
      const page = await open(mode);
      await page.goto(`${web.url}/boards/${uid}?from=now-90m&to=now`);
      const shown = await seeEverything(page, panels.length);
      if (pictures) {
        await page.evaluate("scrollTo(0, 0)");
        await page.screenshot({ path: join(pictures, `${uid}-${mode}.png`), fullPage: true });
      }
      expect(shown.filter(({ state }) => state === "error")).toEqual([]);
      const empty = shown.filter(({ state, title }) => state === "empty" && !(title in MAY_BE_EMPTY));
      expect(empty.map(({ title }) => title)).toEqual([]);
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBe(MODES[mode].viewport.width);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    60_000,
  );
});
