import { defineJourney } from "./journey.ts";
import { defineCounter } from "./metric.ts";

/** What tests count steps with: no metric of the catalogue counts any yet. */
export const testSteps = defineCounter({
  name: "test_journey_steps_total",
  help: "Steps of journeys by how they ended",
  unit: "items",
  labels: ["journey", "step", "step_result"],
  emittedBy: ["collector"],
});

export const findSomebody = defineJourney(testSteps, {
  job: "collector",
  name: "find-somebody",
  steps: ["sign-in", "search", "open-profile"],
});
