import { describe, expect, test } from "vitest";
import { project, projectionText, type Sample, shareText, spanText } from "./budget.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** One sample an hour. */
const hourly = (...lefts: readonly number[]): readonly Sample[] =>
  lefts.map((left, i) => ({ atMs: i * HOUR, left }));

describe("a projection", () => {
  test("says when a budget that shrinks evenly is spent", () => {
    const projection = project(hourly(0.5, 0.4, 0.3, 0.2), DAY, 30 * DAY);
    expect(projection).toEqual({
      kind: "exhausts",
      atMs: expect.closeTo(5 * HOUR, 3),
      perMs: expect.any(Number),
    });
  });

  test("looks back no further than it is told", () => {
    const slowThenFast = hourly(1, 1, 1, 1, 0.9, 0.8);
    const fast = project(slowThenFast, 2 * HOUR, 30 * DAY);
    const all = project(slowThenFast, DAY, 30 * DAY);
    expect(fast.kind === "exhausts" && fast.atMs).toBeCloseTo(13 * HOUR, 0);
    expect(all.kind === "exhausts" && all.atMs).toBeGreaterThan(13 * HOUR);
  });

  test("is not made for a budget that grows or stays", () => {
    expect(project(hourly(0.2, 0.3, 0.4), DAY, 30 * DAY).kind).toBe("lasts");
    expect(project(hourly(0.2, 0.2, 0.2), DAY, 30 * DAY)).toEqual({ kind: "lasts", perMs: 0 });
  });

  test("does not look further ahead than the horizon", () => {
    expect(project(hourly(1, 0.999, 0.998), DAY, 30 * DAY).kind).toBe("lasts");
    expect(project(hourly(1, 0.999, 0.998), DAY, 90 * DAY).kind).toBe("exhausts");
  });

  test("calls a budget of nothing and less spent, however it goes", () => {
    expect(project(hourly(0.2, 0.1, 0), DAY, 30 * DAY).kind).toBe("spent");
    expect(project(hourly(-0.3, -0.2, -0.1), DAY, 30 * DAY).kind).toBe("spent");
  });

  test("is not made from next to nothing", () => {
    expect(project([], DAY, 30 * DAY).kind).toBe("unknown");
    expect(project(hourly(0.9, 0.1), DAY, 30 * DAY).kind).toBe("unknown");
    const oneMoment = [0.9, 0.5, 0.1].map((left) => ({ atMs: 0, left }));
    expect(project(oneMoment, DAY, 30 * DAY).kind).toBe("unknown");
  });

  test("is exact for moments of today, whose numbers are large", () => {
    const nowMs = Date.UTC(2026, 10, 20);
    const samples = hourly(0.5, 0.4, 0.3).map(({ atMs, left }) => ({ atMs: atMs + nowMs, left }));
    const projection = project(samples, DAY, 30 * DAY);
    expect(projection.kind === "exhausts" && (projection.atMs - nowMs) / HOUR).toBeCloseTo(5, 6);
  });
});

describe("words", () => {
  const at = (atMs: number): string => `at ${atMs / HOUR} h`;

  test.each([
    [{ kind: "exhausts", atMs: 51 * HOUR, perMs: -1 }, "spent in 2 days, at 51 h"],
    [{ kind: "lasts", perMs: -1 }, "lasts more than 30 days"],
    [{ kind: "lasts", perMs: 0 }, "is not shrinking"],
    [{ kind: "spent" }, "spent"],
    [{ kind: "unknown" }, "too little data to project"],
  ] as const)("say what %o means", (projection, text) => {
    expect(projectionText(projection, 3 * HOUR, 30 * DAY, at)).toBe(text);
  });

  test.each([
    [3 * DAY, "3 days"],
    [47 * HOUR, "47 hours"],
    [119 * 60_000, "119 minutes"],
    [60_000, "1 minute"],
    [0, "0 minutes"],
  ])("tell a span of %d ms as %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  test.each([
    [1, "100.0%"],
    [0.9999, ">99.9%"],
    [0.4321, "43.2%"],
    [0.0001, "<0.1%"],
    [0, "0.0%"],
    [-1.5, "-150.0%"],
  ])("tell a share of %d as %s", (share, text) => {
    expect(shareText(share)).toBe(text);
  });
});
