import { createTestDatabase } from "@watchkeeper/testing/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Channel } from "../channels/channel.ts";
import type { ChannelName } from "../channels/channel-name.ts";
import type { Priority } from "../incidents/priority.ts";
import { type AlertDraft, createTestBed, type TestBed, webhookBody } from "../test-bed.ts";
import { calmStorms } from "./calm.ts";
import {
  decideStorm,
  MESSAGES_A_MINUTE,
  type NewIncident,
  PIERCING_A_MINUTE,
  type Weather,
} from "./decide-storm.ts";

const calm: Weather = { storm: false, messages: 0, incidents: 0, p0Services: [], pierced: 0 };
const incidents = (count: number, messages: number, priority: Priority = "P1"): NewIncident[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${priority}-${n}`, priority, service: `s${n}`, messages }));

describe("the breaker", () => {
  test("leaves a few incidents alone", () => {
    expect(decideStorm(calm, incidents(5, 4))).toEqual({ reason: "calm", fold: [], pierce: [] });
  });

  test("opens at the message or the incident that is one too many", () => {
    expect(decideStorm(calm, incidents(6, 4))).toMatchObject({ reason: "too-many-messages", fold: ["P1-5"] });
    expect(decideStorm(calm, incidents(11, 1))).toMatchObject({ reason: "too-many-incidents" });
    expect(decideStorm({ ...calm, messages: 20, incidents: 5 }, incidents(1, 4)).fold).toEqual(["P1-0"]);
  });

  test("does not count what nobody is told of", () => {
    expect(decideStorm(calm, incidents(1_000, 0, "P3")).fold).toEqual([]);
  });

  test("lets the worst be told one by one", () => {
    const { fold } = decideStorm(calm, [...incidents(10, 4, "P2"), ...incidents(2, 4, "P0")]);
    expect(fold.every((id) => id.startsWith("P2"))).toBe(true);
    expect(fold).toHaveLength(7);
  });

  test("is pierced by a P0 of a service that no P0 has told of, five times a minute", () => {
    const storm = { ...calm, storm: true, p0Services: ["s0"] };
    const { pierce, fold } = decideStorm(storm, incidents(10, 4, "P0"));
    expect(pierce).toEqual(["P0-1", "P0-2", "P0-3", "P0-4", "P0-5"]);
    expect(fold).toHaveLength(5);
  });

  test("never tells more than it may and never forgets one", () => {
    const incident = fc.record({
      priority: fc.constantFrom<Priority[]>("P0", "P1", "P2", "P3"),
      service: fc.constantFrom("a", "b", "c"),
      messages: fc.integer({ min: 0, max: 5 }),
    });
    const weather = fc.record({
      storm: fc.boolean(),
      messages: fc.integer({ min: 0, max: 20 }),
      incidents: fc.integer({ min: 0, max: 10 }),
      p0Services: fc.subarray(["a", "b", "c"]),
      pierced: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(weather, fc.array(incident, { maxLength: 60 }), (before, drafts) => {
        const opened = drafts.map((draft, n) => ({ ...draft, id: String(n) }));
        const { fold, pierce } = decideStorm(before, opened);
        expect(new Set([...fold, ...pierce]).size).toBe(fold.length + pierce.length);
        const single = opened.filter(({ id }) => !fold.includes(id) && !pierce.includes(id));
        const told = single.reduce((sum, { messages }) => sum + messages, before.messages);
        expect(before.storm ? told - before.messages : told).toBeLessThanOrEqual(
          before.storm ? 0 : MESSAGES_A_MINUTE,
        );
        expect(before.pierced + pierce.length).toBeLessThanOrEqual(
          Math.max(before.pierced, PIERCING_A_MINUTE),
        );
      }),
    );
  });
});

describe("a storm of two thousand alerts", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let bed: TestBed;
  let sent: { channel: string; kind: string; alertname: string; priority: string }[] = [];
  const channel = (name: ChannelName, showsUpdates: boolean): Channel => ({
    name,
    reaches: ["team"],
    showsUpdates,
    minIntervalMs: 100,
    budgetMs: () => 1_000,
    send: async ({ kind, incident }) => {
      sent.push({ channel: name, kind, alertname: incident.alertname, priority: incident.priority });
      return { result: "sent", reference: null };
    },
  });
  const burst = (from: number, count: number, extra: AlertDraft = {}) =>
    webhookBody(
      ...Array.from({ length: count }, (_, n) => ({
        name: `Alert${from + n}`,
        service: `s${from + n}`,
        ...extra,
      })),
    );
  const openIncidents = async (where: string): Promise<number> =>
    (
      await bed.database.query<{ count: number }>(
        "test",
        `SELECT count(*)::integer FROM incident WHERE state <> 'resolved' AND ${where}`,
      )
    ).rows[0]?.count ?? 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    bed = await createTestBed(
      database.url,
      new Map<ChannelName, Channel>([
        ["slack", channel("slack", true)],
        ["email", channel("email", false)],
        ["pagerduty", channel("pagerduty", false)],
        ["webhook", channel("webhook", true)],
      ]),
    );
  });
  afterAll(async () => {
    await bed.close();
    await database.drop();
  });

  test("is stored whole and told in at most forty messages in its minute", async () => {
    const dispatcher = bed.dispatcher();
    for (let second = 0; second < 60; second++) {
      if (second < 20) await bed.receive(burst(second * 100, 100));
      for (let i = 0; i < 4; i++) await dispatcher.dispatch();
      await dispatcher.idle();
      await bed.advance(1_000);
    }
    expect(sent.length).toBeLessThanOrEqual(40);
    expect(
      sent.filter(({ kind, alertname }) => kind === "announce" && alertname === "PagerStorm"),
    ).toHaveLength(4);
    expect(await openIncidents("alertname <> 'PagerStorm'")).toBe(2_000);
    expect(await openIncidents("folded_into IS NOT NULL")).toBe(1_995);
    const { rows } = await bed.database.query<{ summary: string }>(
      "test",
      "SELECT summary FROM incident WHERE alertname = 'PagerStorm'",
    );
    expect(rows).toEqual([{ summary: "Many incidents at once: this one speaks for 1995 more" }]);
  });

  test("is pierced by a P0 on a service that nobody was told of", async () => {
    sent = [];
    await bed.receive(burst(5_000, 1, { severity: "P0" }));
    await bed.settle();
    expect(sent.filter(({ priority, kind }) => priority === "P0" && kind === "announce")).toEqual([
      { channel: "slack", kind: "announce", alertname: "Alert5000", priority: "P0" },
    ]);
  });

  test("calms down after five quiet minutes: the next incident is told by itself", async () => {
    await bed.advance(5 * 60_000);
    await calmStorms(bed.database, bed.options.reach);
    sent = [];
    await bed.receive(burst(6_000, 1));
    await bed.settle();
    expect(sent.filter(({ alertname }) => alertname === "Alert6000")).toHaveLength(4);
  });

  test("is over when all those it speaks for are over", async () => {
    expect(await openIncidents("alertname = 'PagerStorm'")).toBe(1);
    for (let part = 0; part < 20; part++) await bed.receive(burst(part * 100, 100, { status: "resolved" }));
    await calmStorms(bed.database, bed.options.reach);
    expect(await openIncidents("alertname = 'PagerStorm'")).toBe(0);
  });
});
