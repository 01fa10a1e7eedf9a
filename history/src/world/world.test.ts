import { expect, test } from "vitest";
import { busyness } from "./busyness.ts";
import { DENSITIES, gridOf } from "./grid.ts";
import { chance, wobble } from "./noise.ts";
import { createWorld } from "./world.ts";

/** Friday, 20 November 2026, 14:00 UTC. */
const END = 1_795_183_200;

test("samples lie closer the nearer they are to the end, and close around what happened", () => {
  const stretch = { from: END - 10 * 86_400, to: END - 10 * 86_400 + 600 };
  const times = gridOf(END, DENSITIES, [stretch]);
  const step = (at: number): number => {
    const i = times.findIndex((time) => time >= at);
    return (times[i + 1] ?? 0) - (times[i] ?? 0);
  };
  expect([20 * 86_400, 86_400, 3_600].map((back) => step(END - back))).toEqual([300, 60, 30]);
  expect(step(stretch.from)).toBe(30);
  expect(times.at(-1)).toBe(END);
  expect(new Set(times).size).toBe(times.length);
});

test("noise is the same for the same text and stays within its bounds", () => {
  const values = Array.from({ length: 1_000 }, (_, i) => chance("a", i));
  expect(values).toEqual(Array.from({ length: 1_000 }, (_, i) => chance("a", i)));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
  expect(Math.abs(wobble("a", 1_000, 600) - wobble("a", 1_001, 600))).toBeLessThan(0.02);
});

test("a working day is busier than its night and than a Sunday", () => {
  const at = (text: string): number => busyness(new Date(text).getTime() / 1_000);
  expect(at("2026-11-20T10:00:00")).toBeGreaterThan(4 * at("2026-11-20T03:00:00"));
  expect(at("2026-11-22T10:00:00")).toBeCloseTo(0.6 * at("2026-11-20T10:00:00"), 5);
});

test("while the directory is away it answers nothing, its alert fires, and it starts when it is back", () => {
  const { moments } = createWorld({
    seed: 1,
    end: END,
    densities: DENSITIES,
    happenings: [
      {
        daysAgo: 6,
        at: "12:00",
        minutes: 10,
        away: true,
        alert: {
          alertname: "ServiceDown",
          severity: "page",
          service: "app",
          owner: "directory",
          afterMinutes: 2,
        },
      },
    ],
  });
  const away = moments.filter(({ isUp }) => !isUp);
  expect(away.length).toBe(20);
  expect(away.every(({ requests }) => requests === 0)).toBe(true);
  const back = moments.find(({ at }) => at > (away.at(-1)?.at ?? 0));
  expect(back?.startedAt).toBe(back?.at);
  expect(moments.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
  // 8 minutes of the outage and the 5 that an alert takes to end.
  expect(moments.filter(({ firing }) => firing.length > 0)).toHaveLength(26);
});
