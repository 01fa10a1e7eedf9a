import { sloAlerts, sloSeries } from "@watchkeeper/catalogue/names";
import { defineSlo, type Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minuteRules, sharedRules } from "../../slo/shared-rules.ts";
import { backtest, compare } from "./backtest.ts";
import { parseIncidents } from "./incidents.ts";
import type { History } from "./open-metrics.ts";
import { judgePages, judgeTickets } from "./page-judge.ts";
import { createPrometheusApi } from "./prometheus-api.ts";
import { loadPasts, type RecordedPast } from "./recorded-past.ts";
import { createTestPrometheus, type TestPrometheus } from "./test-prometheus.ts";
import { renderVerdict } from "./verdict.ts";

const login = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const balanced = defineSlo({ ...login, name: "Balanced", preset: "balanced" });
/** 1 October 2026, 00:00 UTC. */
const START = 1_790_812_800;
const MINUTES = 600;

/** 100 events a minute; bad ones a minute: half from 120 to 125, twelve from 300 to 330, three from 450 to 600. */
const badAt = (minute: number): number => {
  if (minute > 120 && minute <= 125) return 50;
  if (minute > 300 && minute <= 330) return 12;
  return minute > 450 ? 3 : 0;
};
/** Nothing is recorded from minute 200 to 210. */
const recordedAt = (minute: number): boolean => !(minute > 200 && minute <= 210);

function pastOf(slo: Slo): readonly History[] {
  const labels = { slo: slo.name };
  const minutes = Array.from({ length: MINUTES + 1 }, (_, minute) => minute);
  let errors = 0;
  const errorsBy = minutes.map((minute) => {
    errors += badAt(minute);
    return errors;
  });
  const history = (name: string, value: (minute: number) => number, more = {}): History => ({
    name,
    labels: { ...labels, ...more },
    samples: minutes.filter(recordedAt).map((minute) => [START + minute * 60, value(minute)] as const),
  });
  /** At the very first evaluation, and after the pause with what there was before it. */
  const resumed = (name: string, value: (minute: number) => number): History => ({
    name,
    labels,
    samples: [
      [START, 0],
      [START + 211 * 60, value(200)],
    ],
  });
  const { service, owner, urgency, preset } = slo;
  return [
    history(sloSeries.eventsCumulative, (minute) => minute * 100),
    history(sloSeries.errorsCumulative, (minute) => errorsBy[minute] ?? 0),
    history(sloSeries.born, () => START),
    resumed(sloSeries.eventsResume, (minute) => minute * 100),
    resumed(sloSeries.errorsResume, (minute) => errorsBy[minute] ?? 0),
    history(sloSeries.budgetRatio, () => Number((1 - slo.objective).toPrecision(12)), {
      service,
      owner,
      urgency,
      preset,
      window: "30d",
      idle: "no",
    }),
  ];
}

let prometheus: TestPrometheus;
beforeAll(async () => {
  prometheus = await createTestPrometheus([...pastOf(login), ...pastOf(balanced)]);
});
afterAll(() => prometheus.close());

test.each([login, balanced])(
  "$name is judged at every minute as the rules themselves judge it",
  async (slo) => {
    const api = createPrometheusApi(prometheus.url);
    const end = START + MINUTES * 60;
    const rules = sharedRules([slo]);
    const budget = rules.find((rule) => "record" in rule && rule.record === sloSeries.budgetEvents);
    const expected = new Map<number, string[]>();
    for (const rule of rules) {
      if (!("alert" in rule) || rule.alert !== sloAlerts.burnsFast) continue;
      // The budget is a recorded series: here it is put in place of its name.
      const text = rule.expr.text.replaceAll(sloSeries.budgetEvents, `(${budget?.expr.text})`);
      for (const { labels, samples } of await api.queryRange(text, START, end, 60)) {
        if (labels.slo !== slo.name) continue;
        for (const [at] of samples) expected.set(at, [...(expected.get(at) ?? []), rule.labels.tier ?? ""]);
      }
    }
    const past = (await loadPasts(api, slo, START - 30 * 86_400, end, 60)).get("") as RecordedPast;
    const judge = judgePages(past, slo);
    const found = new Map<number, readonly string[]>();
    past.events.forEach((_, i) => {
      const { tiers } = judge(i);
      if (tiers.length > 0) found.set(past.from + i * 60, [...tiers].sort());
    });
    expect(expected.size).toBeGreaterThan(20);
    const sorted = [...expected].map(([at, tiers]) => [at, [...tiers].sort()] as const);
    expect([...found]).toEqual(sorted.sort(([a], [b]) => a - b));
  },
  60_000,
);

test("tickets are judged at every minute as the rules themselves judge them", async () => {
  const api = createPrometheusApi(prometheus.url);
  const end = START + MINUTES * 60;
  const rules = [...sharedRules([login]), ...minuteRules([login])];
  const budget = rules.find((rule) => "record" in rule && rule.record === sloSeries.budgetEvents);
  const expected = new Set<string>();
  for (const rule of rules) {
    if (!("alert" in rule) || rule.alert !== sloAlerts.burnsSlowly) continue;
    const text = rule.expr.text.replaceAll(sloSeries.budgetEvents, `(${budget?.expr.text})`);
    for (const { labels, samples } of await api.queryRange(text, START, end, 60)) {
      if (labels.slo === login.name) for (const [at] of samples) expected.add(`${at} ${rule.labels.tier}`);
    }
  }
  const past = (await loadPasts(api, login, START - 30 * 86_400, end, 60)).get("") as RecordedPast;
  const judge = judgeTickets(past, login);
  const found = past.events.flatMap((_, i) => judge(i).tiers.map((tier) => `${past.from + i * 60} ${tier}`));
  expect(expected.size).toBeGreaterThan(20);
  expect(found.sort()).toEqual([...expected].sort());
}, 60_000);

const told = async (args: Partial<Parameters<typeof backtest>[0]>): Promise<string> => {
  let text = "";
  const all = { slo: login, days: 1, to: START + MINUTES * 60, ...args };
  await backtest(all, createPrometheusApi(prometheus.url), (more) => {
    text += more;
  });
  return text;
};

test("a changed objective is shown beside the one that was, a row for each trouble", async () => {
  const text = await told({ changed: { objective: 0.99 } });
  const [head = "", ...rows] = text.trim().split("\n");
  expect(head).toMatch(
    /^DirectoryLogin, 2026-09-30 10:00 to 2026-10-01 10:00 UTC, 41\.\d % of it recorded: /,
  );
  expect(rows[1]).toBe("| Began (UTC) | Lasted | 99.9 % strict | 99 % strict |");
  expect(rows[3]).toMatch(/^\| 2026-10-01 02:02 \| \d+ min \| 02:02, 30m tier, 2\.\d % spent/);
  expect(text).toContain("| no page |");
});

test("without a change the pages that came are listed, and a promise without a past is named", async () => {
  expect(await told({})).toMatch(/: \d+ pages?\n\n\| Began \(UTC\) \| Lasted \| 99\.9 % strict \|\n/);
  await expect(told({ slo: { ...login, name: "Nobody" } })).rejects.toThrow(
    'Cannot read the past of "Nobody" as its rules must have recorded it: found nothing',
  );
});

test("incidents that people remember are held against what the rules would have sent", async () => {
  const incidents = parseIncidents(
    "past.yml",
    `
- { begin: 2026-10-01T02:00:00Z, end: 2026-10-01T02:05:00Z, title: outage, promises: [DirectoryLogin] }
- { begin: 2026-10-01T03:26:00Z, end: 2026-10-01T03:29:00Z, title: nobody looked }
- { begin: 2026-10-01T06:40:00Z, end: 2026-10-01T06:41:00Z, title: nothing to see, services: [app] }`,
    slos,
  );
  const args = { slo: login, days: 1, to: START + MINUTES * 60, changed: { objective: 0.9 } };
  const { before, after } = await backtest(args, createPrometheusApi(prometheus.url), () => undefined);
  const text = renderVerdict(incidents, { "as it is": before, changed: after });
  expect(text).toMatch(
    /\| outage \| 2026-10-01 02:00 \| 5\.0 min \| page after 120 s, DirectoryLogin, 30m tier \| .+ \|\n/,
  );
  expect(text).toContain(
    "| nobody looked | 2026-10-01 03:26 | 180 s | nothing recorded | nothing recorded |",
  );
  expect(text).toMatch(/\| nothing to see \| 2026-10-01 06:40 \| 60 s \| .*\*\*missed\*\* \|\n/);
  // Twelve a minute from 05:00 on, for half an hour, were no incident to anybody.
  expect(text).toMatch(/\| as it is \| 2026-10-01 05:0\d \| .+ \| DirectoryLogin \| \w+ \|/);
});

test("a promise over a calendar is not judged as if it rolled", async () => {
  const slo = defineSlo({ ...login, calendar: { each: "month", zone: "UTC" } });
  await expect(told({ slo })).rejects.toThrow(
    'Cannot judge the past of "DirectoryLogin" as it must hold over rolling days: found a calendar',
  );
});

test("pages that overlap are one trouble", () => {
  const page = (from: number, to: number) => ({ from, to, tier: "1h", spent: 0.02 });
  const compared = compare([page(0, 10), page(20, 30)], [page(5, 22), page(40, 50)]);
  expect(compared.map(({ before, after }) => [before.length, after.length])).toEqual([
    [2, 1],
    [0, 1],
  ]);
});
