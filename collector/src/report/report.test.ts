import type { ReportBlock, ReportDocument } from "@watchkeeper/catalogue/report-document";
import type { Inbox } from "@watchkeeper/inbox/server";
import { startTestInbox } from "@watchkeeper/inbox/test-inbox";
import { createLog } from "@watchkeeper/process/log";
import { createTestPrometheus } from "@watchkeeper/testing/prometheus";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createPager } from "../upstream/pager.ts";
import { createPrometheus } from "../upstream/prometheus.ts";
import { loadReportData, type ReportSources } from "./data.ts";
import { type DeliveryDeps, deliverReports } from "./deliver.ts";
import { drawApart } from "./draw-apart.ts";
import { renderFile } from "./file.ts";
import { renderHtml } from "./html.ts";
import { sendReport } from "./mail.ts";
import { renderPdf } from "./pdf.ts";
import { parsePeriod } from "./period.ts";
import { drawCharts } from "./picture.ts";
import { renderPlain } from "./plain.ts";
import { past, promises, startTestPager, weeks } from "./test-world.ts";
import { writeReport } from "./write.ts";

const TOKEN = "pager-token";
const NOW = Date.parse("2026-11-20T12:00:00Z");

let bed: TestBed;
let prometheus: Awaited<ReturnType<typeof createTestPrometheus>>;
let pager: Awaited<ReturnType<typeof startTestPager>>;
let inbox: Inbox;
let sources: ReportSources;
beforeAll(async () => {
  [bed, prometheus, pager, inbox] = await Promise.all([
    createTestBed(),
    createTestPrometheus(past()),
    startTestPager(TOKEN),
    startTestInbox(),
  ]);
  sources = {
    database: bed.database,
    prometheus: createPrometheus(prometheus.url),
    pager: createPager(pager.url, TOKEN),
    slos: promises,
  };
}, 60_000);
afterAll(async () => {
  await Promise.all([prometheus?.close(), pager?.close(), inbox?.close()]);
  await bed?.close();
});
beforeEach(async () => {
  await bed.rows(
    "TRUNCATE collector.usage_hour, collector.person_period, collector.people_day, collector.nps_response, collector.ticket, collector.report, collector.tenant",
  );
  await bed.rows("UPDATE collector.install SET at = '2026-09-01T00:00:00Z'");
});

const reportOf = async (
  name: string,
  from: Partial<ReportSources> = {},
  nowMs = NOW,
): Promise<ReportDocument> =>
  writeReport(await loadReportData({ ...sources, ...from }, parsePeriod(name, "UTC"), nowMs));

const blocksOf = (report: ReportDocument, title: string): readonly ReportBlock[] =>
  report.sections.find((section) => section.title === title)?.blocks ?? [];
const texts = (report: ReportDocument, title: string): string =>
  renderPlain({ ...report, notices: [], sections: [{ title, blocks: blocksOf(report, title) }] });

const PEOPLE = [
  "11111111-1111-4111-8111-111111111111",
  "22222222-2222-4222-8222-222222222222",
  "33333333-3333-4333-8333-333333333333",
];

/** Sign-ins and searches of the outage week and the one before, added up by hand in the test below. */
async function addUse(): Promise<void> {
  await bed.rows(`INSERT INTO collector.usage_hour (hour, kind, events) VALUES
    ('2026-09-22T09:00:00Z', 'login', 40), ('2026-09-22T09:00:00Z', 'search', 100),
    ('2026-09-28T00:00:00Z', 'login', 10), ('2026-10-04T23:00:00Z', 'login', 20),
    ('2026-10-05T00:00:00Z', 'login', 1000),
    ('2026-09-29T09:00:00Z', 'search', 60), ('2026-09-29T10:00:00Z', 'empty_search', 20),
    ('2026-09-29T10:00:00Z', 'profile_view', 5)`);
  await bed.rows(
    "INSERT INTO collector.people_day VALUES ('2026-09-22', 1), ('2026-09-28', 2), ('2026-09-29', 1)",
  );
  await bed.rows(
    `INSERT INTO collector.person_period (first_day, kind, tenant_id, user_id)
     SELECT monday, 'week', '99999999-9999-4999-8999-999999999999', user_id
     FROM unnest($1::date[], $2::uuid[]) AS p (monday, user_id)`,
    [
      ["2026-09-21", "2026-09-28", "2026-09-28"],
      [PEOPLE[0], PEOPLE[0], PEOPLE[1]],
    ],
  );
  await bed.rows(`INSERT INTO collector.nps_response (id, answered_at, score, comment) VALUES
    ('1', '2026-09-30T10:00:00Z', 10, 'Fast & good'), ('2', '2026-09-30T11:00:00Z', 3, NULL), ('3', '2026-09-30T12:00:00Z', 9, NULL),
    ('4', '2026-10-05T00:00:00Z', 0, 'of the week after')`);
  await bed.rows(`INSERT INTO collector.ticket (id, opened_at, resolved_at) VALUES
    ('1', '2026-09-28T08:00:00Z', '2026-09-28T10:00:00Z'), ('2', '2026-09-29T08:00:00Z', '2026-09-29T12:00:00Z'),
    ('3', '2026-09-30T08:00:00Z', '2026-10-06T08:00:00Z')`);
}

test("a week with an outage says what broke, when, what it cost and what to decide", async () => {
  await addUse();
  const report = await reportOf(weeks.outage);
  expect(report.title).toBe("The week of the Company Directory, 2026-W40");
  expect(report.subtitle).toBe("Monday 28 September to Sunday 4 October 2026, UTC");
  expect(report.summary).toBe(
    "1 of 2 promises was broken: DirectoryAvailability. There were 3 incidents, 2 pages among them. " +
      "2 people used the directory. 3 things need a decision.",
  );
  expect(report.notices).toEqual([]);

  // 40,320 evaluations of 10 events; 120 of them in the outage: 1,200 of 403,200 events, where 403.2 are allowed.
  const [table] = blocksOf(report, "What was promised, and kept");
  expect(table).toMatchObject({
    rows: [
      [
        expect.anything(),
        { text: "99.9 %" },
        { text: "99.702 %", tone: "bad" },
        { text: "298 %", tone: "bad" },
        { text: "–" },
      ],
      [
        expect.anything(),
        { text: "99.9 %" },
        { text: "100 %", tone: "good" },
        { text: "0 %" },
        { text: "–" },
      ],
    ],
  });
  const kept = texts(report, "What was promised, and kept");
  expect(kept).toContain(
    "DirectoryAvailability: 1,200 events of 403,200 went wrong, all of it on Thursday 1 October.",
  );
  expect(kept).toContain("What failed by our fault most often: GET /api/employees with 503 (300 times).");

  // From 09:00 (five minutes before it fired) to 09:35: the whole outage. The others cost nothing.
  const incidents = texts(report, "Incidents, and what they cost");
  expect(incidents).toContain(
    "#6 HighErrorRate: Requests fail. | lasted: 30 min | cost: 1,200 events went wrong, 298 % of the week's budget of DirectoryAvailability",
  );
  expect(incidents).toContain("#5 EventLoopBlocked: <b>slow</b> | lasted: 6 min | cost: no promise was hurt");
  expect(incidents).toContain("#7 DiskFillsUp: A disk fills up. | lasted: still open");

  expect(blocksOf(report, "Pages and noise")).toMatchObject([
    {
      figures: [
        { name: "Pages", value: "2" },
        { name: "At night or on a weekend", value: "1", tone: "bad" },
        { name: "Over before anybody looked", value: "1", tone: "bad" },
        { name: "Messages sent", value: "4" },
      ],
    },
  ]);
  // 90 of 100 within 50 ms and the rest within 100 ms: half within 50 * 50/90 ms, 95 within the middle of the second.
  expect(texts(report, "How fast the directory answered")).toContain("Half of all requests within: 28 ms");
  expect(texts(report, "How fast the directory answered")).toContain(
    "95 of 100 requests within: 75 ms (the week before was not measured)",
  );
  const business = texts(report, "How people used the directory");
  expect(business).toContain("Different people: 2 (1 in the week before)");
  expect(business).toContain("Sign-ins: 30 (25 % fewer than the week before)");
  expect(business).toContain("Searches: 80 (20 % fewer than the week before)");
  expect(business).toContain("Searches that found nobody: 25 % (0 % in the week before)");
  expect(business).toContain(
    "3 people said how likely they would recommend the directory: a net promoter score of 33",
  );
  expect(business).toContain("“Fast & good” (10 of 10)");
  expect(business).not.toContain("of the week after");
  expect(business).toContain(
    "Support: 3 tickets opened, 2 resolved, half of them within 3 h, 1 open at the end.",
  );
  expect(blocksOf(report, "What needs a decision")).toMatchObject([
    {
      items: [
        expect.stringContaining("DirectoryAvailability was broken: 298 %"),
        expect.stringContaining("1 incident has been open for more than a day (#7)"),
        expect.stringContaining("25 % of searches found nobody"),
      ],
    },
  ]);
});

test("a week without traffic was measured, and had nothing to keep and nobody to count", async () => {
  const report = await reportOf(weeks.noTraffic, { pager: undefined });
  expect(report.notices).toEqual([]);
  const kept = texts(report, "What was promised, and kept");
  expect(kept.match(/kept: nothing to keep \| budget spent: – \| not measured: –/g)).toHaveLength(2);
  expect(report.summary).toContain("Whether promises were kept is not measured.");
  expect(texts(report, "How fast the directory answered")).toContain("No request was measured in this week.");
  expect(texts(report, "How people used the directory")).toContain("Different people: 0");
  expect(texts(report, "Incidents, and what they cost")).toContain("No pager is set up to be asked");
});

test("a week without incidents says so", async () => {
  const quiet = { during: async () => ({ list: [], cut: false }) };
  const report = await reportOf(weeks.oneDay, { pager: quiet });
  expect(report.summary).toContain(" There was no incident. ");
  expect(texts(report, "Incidents, and what they cost")).toContain("There was no incident in this week.");
});

test("a week of which one day was measured says so, and does not count the rest as good", async () => {
  await bed.rows("UPDATE collector.install SET at = '2026-10-28T00:00:00Z'");
  const report = await reportOf(weeks.oneDay);
  expect(report.notices.map(({ text }) => text)).toEqual([
    "Promises were not measured for up to 6 days. Time that nobody measured is not counted as good.",
    "How the directory was used is known from 28 October 2026 at 00:00 on.",
  ]);
  expect(texts(report, "What was promised, and kept")).toContain(
    "kept: 100 % | budget spent: 0 % | not measured: 6 days",
  );
  expect(texts(report, "What needs a decision")).toContain("2 promises were not measured for up to 6 days.");
  const charts = blocksOf(report, "How people used the directory").filter(({ kind }) => kind === "chart");
  // Monday and Tuesday are empty places, not zeros.
  expect(charts[0]).toMatchObject({ svg: expect.stringMatching(/(?:–<\/text>.*){2}/) });
});

test("an empty installation gives a report that says that nothing was measured", async () => {
  await bed.rows("UPDATE collector.install SET at = '2026-11-20T00:00:00Z'");
  const nobody = createPager("http://127.0.0.1:1", "no");
  const report = await reportOf(weeks.empty, { pager: nobody });
  expect(report.summary).toBe("Whether promises were kept is not measured. 1 thing needs a decision.");
  const whole = renderPlain(report);
  expect(whole).toContain("kept: not measured | budget spent: – | not measured: all of it");
  expect(whole).toContain("The pager cannot be asked");
  expect(whole).toContain("How the directory was used is not measured for this week: counting began later.");
  expect(whole).not.toMatch(/100 %|NaN|undefined|Infinity/);
});

test("while Prometheus is away a report still says what is known otherwise", async () => {
  await addUse();
  const report = await reportOf(weeks.outage, { prometheus: createPrometheus("http://127.0.0.1:1") });
  expect(texts(report, "What was promised, and kept")).toContain(
    "Whether promises were kept is not measured.",
  );
  expect(texts(report, "How people used the directory")).toContain("Sign-ins: 30");
  expect(texts(report, "Incidents, and what they cost")).toContain("lasted: 30 min | cost: not measured");
});

test("a week that is not over says so, and one that has not begun cannot be reported on", async () => {
  const report = await reportOf(weeks.outage, {}, Date.parse("2026-09-30T12:00:00Z"));
  expect(report.notices[0]?.text).toBe("This week is not over: the figures end when the report was made.");
  expect(texts(report, "What was promised, and kept")).toContain("kept: 100 %");
  await expect(reportOf("2026-W50")).rejects.toThrow("Cannot report on 2026-W50 as it has not begun");
});

test("demo data is called demo data in every form of a report", async () => {
  await bed.rows(
    "INSERT INTO collector.tenant (tenant_id, changed_at, demo) VALUES (gen_random_uuid(), now(), true)",
  );
  const report = await reportOf(weeks.outage);
  expect(renderPlain(report)).toContain("Demo data: these figures include made-up companies and people.");
  expect(renderHtml(report, () => "")).toContain("Demo data: these figures");
});

test("texts of others are shown as text, pictures are pictures, and the PDF is a PDF", async () => {
  await addUse();
  const report = await reportOf(weeks.outage);
  const html = await renderFile(report);
  expect(html).toContain("EventLoopBlocked: &lt;b&gt;slow&lt;/b&gt;");
  expect(html).toContain("Fast &amp; good");
  expect(html).not.toMatch(/<script|<b>|<svg/);
  const pictures = await drawCharts(report);
  expect(pictures.size).toBe(4);
  for (const { png } of pictures.values()) expect(png.subarray(1, 4).toString()).toBe("PNG");
  const pdf = await renderPdf(report, pictures);
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.length).toBeLessThan(1_000_000);
  // Gmail cuts off what is longer.
  expect(renderHtml(report, () => "cid:x").length).toBeLessThan(100_000);
});

test("a report that cannot be made or drawn is one clear error", async () => {
  await expect(drawApart(Promise.reject(new Error("no figures")))).rejects.toThrow(/^no figures$/);
  const chart = { kind: "chart", alt: "", width: 1, height: 1, svg: "<svg" } as const;
  const report = { ...(await reportOf(weeks.outage)), sections: [{ title: "A", blocks: [chart] }] };
  await expect(drawApart(report)).rejects.toThrow(/^Cannot draw the report: .*/);
});

interface ReceivedMail {
  readonly content: {
    readonly messageId: string;
    readonly to: readonly string[];
    readonly subject: string;
    readonly text: string;
    readonly html: string;
    readonly attachments: readonly { readonly filename: string; readonly bytes: number }[];
  };
}
const received = async (): Promise<readonly ReceivedMail[]> => {
  const answer = await fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages?channel=email`);
  return ((await answer.json()) as { messages: ReceivedMail[] }).messages;
};
const fault = (mode: string) =>
  fetch(`http://127.0.0.1:${inbox.httpPort}/api/faults/email`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode, count: 1 }),
  });
const forget = () => fetch(`http://127.0.0.1:${inbox.httpPort}/api/messages`, { method: "DELETE" });
const mail = () => ({
  url: `smtp://127.0.0.1:${inbox.smtpPort}`,
  from: "Watchkeeper <watchkeeper@company.test>",
  to: "managers@company.test",
});

function delivery(): DeliveryDeps & { counts: string[] } {
  const counts: string[] = [];
  return {
    counts,
    database: bed.database,
    timeZone: "UTC",
    make: async (period) => writeReport(await loadReportData(sources, period, NOW)),
    send: (making) => sendReport(making, mail(), "https://console.test"),
    count: (kind, result) => counts.push(`${kind} ${result}`),
    log: createLog("collector", "silent"),
  };
}

/** Monday 5 October, half past seven: the outage week is over. */
const MONDAY = Date.parse("2026-10-05T07:30:00Z");

test("a report that is due is sent once however many collectors there are, whole and readable", async () => {
  await bed.rows("INSERT INTO collector.report (kind, period, state) VALUES ('month', '2026-09', 'sent')");
  await forget();
  await addUse();
  const one = delivery();
  const both = await Promise.all([deliverReports(one, MONDAY), deliverReports(delivery(), MONDAY)]);
  expect(both.flat()).toEqual([{ period: "2026-W40", result: "sent" }]);
  expect(await deliverReports(one, MONDAY + 3_600_000)).toEqual([]);
  const mails = await received();
  expect(mails).toHaveLength(1);
  const content = mails[0]?.content;
  expect(content).toMatchObject({
    messageId: "<watchkeeper-2026-W40@company.test>",
    to: ["managers@company.test"],
    subject: "The week of the Company Directory, 2026-W40",
  });
  expect(content?.text).toContain("1 of 2 promises was broken: DirectoryAvailability.");
  expect(content?.text).toContain("https://console.test/reports/2026-W40");
  // The parser puts each picture where its cid was: none may be left.
  expect(content?.html.match(/src="data:image\/png;base64,/g)).toHaveLength(4);
  expect(content?.html).not.toContain("cid:");
  expect(content?.attachments.at(-1)?.filename).toBe("watchkeeper-2026-W40.pdf");
});

test("before seven in the morning, before the installation and weeks later nothing is due", async () => {
  // September ended four days ago, and is still news.
  expect(await deliverReports(delivery(), Date.parse("2026-10-05T06:59:00Z"))).toMatchObject([
    { period: "2026-09" },
  ]);
  await bed.rows("TRUNCATE collector.report");
  expect(await deliverReports(delivery(), Date.parse("2026-10-12T06:00:00Z"))).toEqual([]);
  await bed.rows("UPDATE collector.install SET at = '2026-10-05T01:00:00Z'");
  expect(await deliverReports(delivery(), MONDAY)).toEqual([]);
});

test("a server that refuses is tried again later, and what it has taken is not sent twice", async () => {
  await bed.rows("INSERT INTO collector.report (kind, period, state) VALUES ('month', '2026-09', 'sent')");
  await forget();
  const deps = delivery();
  await fault("error");
  expect(await deliverReports(deps, MONDAY)).toEqual([
    { period: "2026-W40", result: "refused", reason: expect.stringContaining("451") },
  ]);
  // Not before its time.
  expect(await deliverReports(deps, MONDAY)).toEqual([]);
  await bed.rows("UPDATE collector.report SET next_attempt_at = now()");
  expect(await deliverReports(deps, MONDAY)).toEqual([{ period: "2026-W40", result: "sent" }]);
  expect(deps.counts).toEqual(["week refused", "week sent"]);
  expect(await received()).toHaveLength(1);
});

test("a server that takes the mail and does not say so is not sent it again", async () => {
  await bed.rows("INSERT INTO collector.report (kind, period, state) VALUES ('month', '2026-09', 'sent')");
  await forget();
  const deps = delivery();
  await fault("drop-after-accept");
  expect(await deliverReports(deps, MONDAY)).toMatchObject([{ period: "2026-W40", result: "unsure" }]);
  await bed.rows("UPDATE collector.report SET next_attempt_at = now()");
  expect(await deliverReports(deps, MONDAY)).toEqual([]);
  expect(await received()).toHaveLength(1);
});

test("a collector that ended while it sent leaves a report that is not sent again, and says so", async () => {
  await bed.rows(`INSERT INTO collector.report (kind, period, state, changed_at) VALUES
    ('month', '2026-09', 'sent', now()), ('week', '2026-W40', 'sending', now() - interval '11 minutes')`);
  const deps = delivery();
  expect(await deliverReports(deps, MONDAY)).toEqual([]);
  expect(deps.counts).toEqual(["week unsure"]);
  expect(await bed.rows("SELECT state FROM collector.report WHERE kind = 'week'")).toEqual([
    { state: "unsure" },
  ]);
});
