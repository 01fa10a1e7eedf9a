import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import type { Command } from "./command.ts";
import { runCommand } from "./commands.ts";
import { countIncidents } from "./count.ts";
import { alertFigures } from "./figures.ts";
import { renderPostmortem } from "./postmortem.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
let key = 0;

const command = (incident: string, asked: Command) =>
  runCommand(bed.options, incident, asked, { actor: "ada", source: "api", requestKey: `k${++key}` });

/** An incident that was acknowledged after two minutes and over after ten, and one that nobody touched. */
beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
  await bed.receive(webhookBody({}));
  await bed.advance(2 * 60_000);
  await command("1", { action: "acknowledge" });
  await command("1", { action: "note", text: "a *full* disk\n| again" });
  await bed.advance(8 * 60_000);
  await command("1", { action: "resolve", as: "actionable" });
  await bed.receive(webhookBody({ name: "Noisy", severity: "ticket" }));
  await command("2", { action: "closeAs", as: "noise" });
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});

test("the figures of an alert say how often, how long and whether it was worth it", async () => {
  const figures = await alertFigures(bed.database, new Date("2026-03-01"), new Date("2026-03-02"));
  expect(figures).toEqual([
    {
      alertname: "Noisy",
      incidents: 1,
      pages: 0,
      actionable: 0,
      noise: 1,
      meanAcknowledgeSeconds: null,
      meanResolveSeconds: null,
    },
    {
      alertname: "ServiceDown",
      incidents: 1,
      pages: 1,
      actionable: 1,
      noise: 0,
      meanAcknowledgeSeconds: 120,
      meanResolveSeconds: 600,
    },
  ]);
});

test("two replicas together count each incident once", async () => {
  await Promise.all([
    countIncidents(bed.database, bed.pagerMetrics),
    countIncidents(bed.database, bed.pagerMetrics),
  ]);
  await countIncidents(bed.database, bed.pagerMetrics);
  const text = await bed.metrics.registry.metrics();
  const line = (name: string) => text.split("\n").find((one) => one.startsWith(`${name} `));
  expect(line('watchkeeper_pager_incidents_opened_total{priority="P1"}')).toMatch(/ 1$/);
  expect(line('watchkeeper_pager_acknowledge_seconds_sum{priority="P1"}')).toMatch(/ 120$/);
  expect(line('watchkeeper_pager_resolve_seconds_sum{priority="P1"}')).toMatch(/ 600$/);
  expect(line("watchkeeper_pager_noise_ratio")).toMatch(/ 0\.5$/);
  expect(line("watchkeeper_pager_shift_pages")).toMatch(/ 1$/);
  expect(line('watchkeeper_pager_alert_incidents{alert="Noisy",verdict="noise"}')).toMatch(/ 1$/);
});

test("a postmortem has the facts, the timeline and the questions, and no Markdown of an alert's making", async () => {
  const text = await renderPostmortem(bed.database, "1");
  expect(text).toContain("# Postmortem: incident #1, ServiceDown");
  expect(text).toContain("| Acknowledged after | 2 min |");
  expect(text).toContain("| Resolved after | 10 min |");
  expect(text).toContain("acknowledged by ada (ada)");
  expect(text).toContain("a \\*full\\* disk \\| again");
  expect(text).toContain("## To be answered");
  expect(await renderPostmortem(bed.database, "99")).toBeUndefined();
});
