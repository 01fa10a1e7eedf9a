import { launchBrowser } from "@watchkeeper/testing/browser";
import { createTransport } from "nodemailer";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Inbox } from "../server.ts";
import { startTestInbox } from "../test-inbox.ts";

const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

let browser: Browser;
let inbox: Inbox;
let url: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  inbox = await startTestInbox();
  url = `http://127.0.0.1:${inbox.httpPort}`;
  page = await browser.newPage();
  complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
});
afterEach(async () => {
  await page.close();
  await inbox.close();
});

const slack = async (method: string, body: object): Promise<{ channel: string; ts: string }> => {
  const answer = await fetch(`${url}/slack/api/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer xoxb-1" },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { channel: string; ts: string };
};

const mail = async (text: string, html: string): Promise<void> => {
  const transport = createTransport({ host: "127.0.0.1", port: inbox.smtpPort });
  await transport.sendMail({ from: "a@example.com", to: "b@example.com", subject: HOSTILE, text, html });
  transport.close();
};

test("the page shows a new message and its change without a reload, and keeps opened details open", async () => {
  await page.goto(url);
  await page.getByText("Nothing has been sent yet").waitFor();
  const { channel, ts } = await slack("chat.postMessage", { channel: "#alerts", text: "Logins fail" });
  await page.getByText("Logins fail", { exact: true }).waitFor();
  expect(await page.getByText("Nothing has been sent yet").isVisible()).toBe(false);
  await slack("chat.update", { channel, ts, text: "Logins still fail" });
  await page.getByText("Changed once").click();
  await slack("chat.update", { channel, ts, text: "Logins work" });
  await page.getByText("Changed 2 times").waitFor();
  expect(await page.getByRole("listitem").getByText("Logins still fail").isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

test("nothing that arrives runs, whatever it came through", async () => {
  await slack("chat.postMessage", { channel: "alerts", text: HOSTILE, username: HOSTILE });
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: HOSTILE } }];
  await slack("chat.postMessage", {
    channel: "alerts",
    text: "t",
    blocks,
    attachments: [{ color: HOSTILE, text: HOSTILE }],
  });
  await mail(HOSTILE, HOSTILE);
  await fetch(`${url}/pagerduty/v2/enqueue`, {
    method: "POST",
    body: JSON.stringify({
      routing_key: "0".repeat(32),
      event_action: "trigger",
      payload: {
        summary: HOSTILE,
        source: HOSTILE,
        severity: "critical",
        custom_details: { [HOSTILE]: HOSTILE },
      },
      links: [{ href: "javascript:document.title='owned'", text: HOSTILE }],
    }),
  });
  await fetch(`${url}/webhook/${encodeURIComponent(HOSTILE)}`, { method: "POST", body: HOSTILE });
  await page.goto(url);
  await page.frameLocator("iframe").locator("img").waitFor({ state: "attached" });
  await page.getByText("live", { exact: true }).waitFor();
  expect(await page.title()).toBe("Inbox · Watchkeeper");
  expect(await page.evaluate("[...document.querySelectorAll('script')].map((script) => script.src)")).toEqual(
    [`${url}/page.js`],
  );
  expect(
    await page.evaluate(
      `document.querySelectorAll("img:not([src='/icon.svg']), [onerror], a[href^=java]").length`,
    ),
  ).toBe(0);
});

test("a mail's HTML cannot run, load or reach anything, also when it is opened alone", async () => {
  await mail("text", `${HOSTILE}<b>bold</b>`);
  const answer = await fetch(`${url}/messages/1/html`);
  const policy = answer.headers.get("content-security-policy");
  expect(policy).toContain("sandbox allow-popups");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("allow-scripts");
  await page.goto(`${url}/messages/1/html`);
  expect(await page.locator("b").textContent()).toBe("bold");
  expect(await page.title()).toBe("");
});

test("the page says since when the inbox cannot be reached", async () => {
  await page.goto(url);
  await page.getByText("live", { exact: true }).waitFor();
  await inbox.close();
  await page.getByText(/^not reachable since /).waitFor();
});

test("an unchanged page costs no body", async () => {
  const first = await fetch(`${url}/page/columns`);
  const tag = first.headers.get("etag") ?? "";
  expect((await fetch(`${url}/page/columns`, { headers: { "if-none-match": tag } })).status).toBe(304);
  await slack("chat.postMessage", { channel: "alerts", text: "x" });
  expect((await fetch(`${url}/page/columns`, { headers: { "if-none-match": tag } })).status).toBe(200);
});

test("a page of another site that points its name here reads nothing", async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve) => {
    request(`${url}/api/messages`, { headers: { host: "evil.example" } }, (res) => {
      res.resume();
      resolve(res.statusCode);
    }).end();
  });
  expect(status).toBe(421);
});
