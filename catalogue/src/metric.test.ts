import { expect, test } from "vitest";
import { defineCounter, defineGauge, defineHistogram } from "./metric.ts";

const base = { help: "Things that happened", unit: "items", labels: [], emittedBy: ["app"] } as const;
const timed = { ...base, unit: "seconds", name: "thing_duration_seconds" } as const;

test("a definition keeps what it was given and cannot be changed", () => {
  const things = defineCounter({ ...base, name: "things_total", labels: ["cache"] });
  expect(things).toEqual({ ...base, type: "counter", name: "things_total", labels: ["cache"] });
  expect(Object.isFrozen(things)).toBe(true);
});

test.each<[string, () => unknown, string]>([
  [
    "a name that is not snake_case",
    () => defineGauge({ ...base, name: "openThings" }),
    "its name must be snake_case",
  ],
  [
    "a counter without _total",
    () => defineCounter({ ...base, name: "things" }),
    "a counter's name must end in _total",
  ],
  [
    "a unit that the name does not say",
    () => defineGauge({ ...base, name: "memory", unit: "bytes" }),
    "its unit is bytes: its name must end in _bytes",
  ],
  [
    "a counter whose unit stands behind _total",
    () => defineCounter({ ...base, name: "cpu_total", unit: "seconds" }),
    "its unit is seconds: its name must end in _seconds",
  ],
  [
    "a help with a full stop",
    () => defineGauge({ ...base, name: "things", help: "Things." }),
    "its help must not end",
  ],
  [
    "a label twice",
    () => defineGauge({ ...base, name: "things", labels: ["cache", "cache"] }),
    "it names a label twice",
  ],
  [
    "a label that the catalogue does not know",
    // @ts-expect-error no such label
    () => defineGauge({ ...base, name: "things", labels: ["user_id"] }),
    'label "user_id" is not in the catalogue\'s labels',
  ],
  ["no bucket edges", () => defineHistogram({ ...timed, buckets: [] }), "its bucket edges must be ascending"],
  [
    "edges that fall",
    () => defineHistogram({ ...timed, buckets: [1, 0.5] }),
    "its bucket edges must be ascending",
  ],
  [
    "an edge twice",
    () => defineHistogram({ ...timed, buckets: [1, 1] }),
    "its bucket edges must be ascending",
  ],
])("%s is refused", (_, define, reason) => {
  expect(define).toThrow(/^Cannot define metric "\w+" as /);
  expect(define).toThrow(reason);
});

test("a service that does not exist emits nothing", () => {
  // @ts-expect-error no such service
  const stranger = defineGauge({ ...base, name: "things", emittedBy: ["frontend"] });
  expect(stranger.emittedBy).toEqual(["frontend"]);
});
