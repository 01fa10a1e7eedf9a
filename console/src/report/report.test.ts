import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COLLECTOR_TOKEN, startTestConsole, type TestConsole } from "../test-rig.ts";

const HOSTILE = `<img src=x onerror="alert(1)">`;

const report = {
  kind: "week",
  period: "2026-W46",
  title: "The week of the Company Directory, 2026-W46",
  subtitle: "Monday 9 to Sunday 15 November 2026, UTC",
  summary: "All 13 promises were kept.",
  notices: [{ kind: "demo", text: "Demo data: made up." }],
  sections: [
    {
      title: "What needs a decision",
      blocks: [
        { kind: "list", items: [HOSTILE] },
        { kind: "figures", figures: [{ name: "Sign-ins", value: "30", trend: "as before", tone: "plain" }] },
        {
          kind: "table",
          columns: [
            { title: "Promise", numeric: false },
            { title: "Kept", numeric: true },
          ],
          rows: [[{ text: HOSTILE }, { text: "99.7 %", tone: "bad" }]],
        },
        {
          kind: "chart",
          alt: "Sign-ins, each day",
          svg: "<svg xmlns='http://www.w3.org/2000/svg'/>",
          width: 480,
          height: 220,
        },
      ],
    },
  ],
};

let collector: Server;
let web: TestConsole;
let cookie: string;
beforeAll(async () => {
  const answers: Readonly<Record<string, unknown>> = {
    "/api/reports": {
      reports: [
        { kind: "week", period: "2026-W46" },
        { kind: "month", period: "2026-10" },
      ],
    },
    "/api/reports/2026-W46": report,
    "/api/top/search-terms": {
      columns: ["Term", "Company", "Searches", "People"],
      rows: [[HOSTILE, "Aster", 12, 7]],
    },
    "/api/top/profiles": { columns: ["Person", "Company", "Views", "People"], rows: [] },
  };
  collector = createServer((request, response) => {
    const body = answers[request.url ?? ""];
    const isAllowed = request.headers.authorization === `Bearer ${COLLECTOR_TOKEN}`;
    response.writeHead(isAllowed ? (body ? 200 : 404) : 401).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  web = await startTestConsole({
    collectorUrl: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  });
  cookie = await web.signIn();
});
afterAll(async () => {
  await web?.close();
  collector?.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

const read = async (path: string) => {
  const answer = await fetch(web.url + path, { headers: { cookie }, redirect: "manual" });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};

test("the list leads to every report and shows what may be shown of what people look for", async () => {
  const { status, text } = await read("/reports");
  expect(status).toBe(200);
  expect(text).toContain(`href="/reports/2026-W46"`);
  expect(text).toContain("Week 46 of 2026");
  expect(text).toContain("Month 2026-10");
  expect(text).toContain("Nothing that enough people looked for.");
  expect(text).toContain("&lt;img src=x");
  expect(text).not.toContain("<img src=x");
});

test("a report is drawn with its notices, figures, tables and charts, and texts stay texts", async () => {
  const { text } = await read("/reports/2026-W46");
  expect(text).toContain("Demo data: made up.");
  expect(text).toContain(`<td class="figure tone-bad">99.7 %</td>`);
  expect(text).toContain(`src="/reports/2026-W46/charts/0.svg"`);
  expect(text).not.toContain("<img src=x");
  const chart = await read("/reports/2026-W46/charts/0.svg");
  expect(chart).toMatchObject({ status: 200, type: expect.stringContaining("image/svg+xml") });
});

test.each([
  "/reports/2026-W47",
  "/reports/..%2Fapi",
  "/reports/2026-W46/charts/1.svg",
  "/reports/2026-W46/charts/x.svg",
])("%s is not there, and says so", async (path) => {
  expect((await read(path)).status).toBe(404);
});

test("a board asks for a list by its name", async () => {
  const list = await read("/api/top/search-terms");
  expect(list).toMatchObject({ status: 200, text: expect.stringContaining(`"Aster",12,7`) });
  expect((await read("/api/top/salaries")).status).toBe(404);
});

test("nobody reads a report without being signed in", async () => {
  const answer = await fetch(`${web.url}/reports`, { redirect: "manual" });
  expect(answer.status).not.toBe(200);
});

test("while the collector is away the page says so", async () => {
  const alone = await startTestConsole();
  const answer = await fetch(`${alone.url}/reports`, { headers: { cookie: await alone.signIn() } });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain(
    "The collector cannot be reached. Reports are shown when it answers again.",
  );
  await alone.close();
});
