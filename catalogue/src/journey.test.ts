import { expect, test } from "vitest";
import { defineJourney, journeyStep, wholeJourney } from "./journey.ts";
import { defineCounter } from "./metric.ts";
import { httpRequestsTotal } from "./metrics/http.ts";
import { findSomebody, testSteps } from "./test-journey.ts";

const texts = (indicator: ReturnType<typeof wholeJourney>) =>
  indicator.kind === "good" && {
    good: indicator.good.map(({ text }) => text),
    total: indicator.total.map(({ text }) => text),
  };

test("a whole journey is done with its last step, and broken by any that failed", () => {
  const done =
    'test_journey_steps_total{job="collector",journey="find-somebody",step="open-profile",step_result="ok"}';
  expect(texts(wholeJourney(findSomebody))).toEqual({
    good: [done],
    total: [done, 'test_journey_steps_total{job="collector",journey="find-somebody",step_result="failed"}'],
  });
});

test("a step counts the runs that came as far as it, and skipped ones are none", () => {
  const ended = (result: string) =>
    `test_journey_steps_total{job="collector",journey="find-somebody",step="search",step_result="${result}"}`;
  expect(texts(journeyStep(findSomebody, "search"))).toEqual({
    good: [ended("ok")],
    total: [ended("ok"), ended("failed")],
  });
});

test.each<[readonly string[], string]>([
  [[], "it must have at least one step: found none"],
  [["sign-in", "Sign in"], 'its steps must be kebab-case: found "Sign in"'],
  [["sign-in", "search", "sign-in"], 'its steps must be named apart: found "sign-in" twice'],
])("steps %j are refused", (steps, reason) => {
  expect(() => defineJourney(testSteps, { job: "collector", name: "odd", steps })).toThrow(
    `Cannot define journey "odd" as ${reason}`,
  );
});

test("a step that the journey does not have, and a counter of something else, do not compile", () => {
  // @ts-expect-error no step of that name
  expect(journeyStep(findSomebody, "sign-out")).toBeDefined();
  const shape = { job: "app", name: "none", steps: ["one"] } as const;
  // @ts-expect-error its labels are those of requests
  expect(defineJourney(httpRequestsTotal, shape)).toBeDefined();
  const stepless = defineCounter({ ...testSteps, name: "test_journeys_total", labels: ["journey"] });
  // @ts-expect-error it does not tell steps apart
  expect(defineJourney(stepless, shape)).toBeDefined();
});
