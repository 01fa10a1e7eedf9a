import type { LabelName } from "./labels.ts";
import type { Counter } from "./metric.ts";
import { Selector } from "./promql.ts";
import { goodOf, type Indicator } from "./slo.ts";

/** What a counter of journeys tells apart: one event for each step of each run, by how the step ended. */
type JourneyLabel = "journey" | "step" | "step_result";

/** A counter that has these labels; any other does not compile. */
type JourneyCounter<Label extends LabelName> = Counter<string, Label> &
  (JourneyLabel extends Label ? unknown : never);

/** A row of steps that a probe walks as a person would. A step that fails ends the run: those after it are skipped. */
export interface Journey<Step extends string = string> {
  readonly metric: string;
  /** The Prometheus job whose counter it is. */
  readonly job: string;
  readonly name: string;
  readonly steps: readonly Step[];
}

/**
 * Defines a journey by its steps, in their order.
 * @throws Error that names the journey, what is allowed and what was found
 */
export function defineJourney<Label extends LabelName, const Step extends string>(
  counter: JourneyCounter<Label>,
  { job, name, steps }: Omit<Journey<Step>, "metric">,
): Journey<Step> {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot define journey "${name}" as ${reason}`);
  };
  if (steps.length === 0) refuse("it must have at least one step: found none");
  for (const [i, step] of steps.entries()) {
    if (!/^[a-z][a-z0-9-]*$/.test(step)) refuse(`its steps must be kebab-case: found "${step}"`);
    if (steps.indexOf(step) !== i) refuse(`its steps must be named apart: found "${step}" twice`);
  }
  return Object.freeze({ metric: counter.name, job, name, steps });
}

const ended = ({ metric, job, name }: Journey, step_result: "ok" | "failed", step?: string): Selector =>
  new Selector(metric, { job, journey: name, ...(step !== undefined && { step }), step_result });

/**
 * Runs of a whole journey: one that came through its last step kept the promise, one in which any step failed broke it.
 * A run that was given up counts neither way.
 */
export function wholeJourney(journey: Journey): Indicator {
  const done = ended(journey, "ok", journey.steps.at(-1));
  return goodOf([done], [done, ended(journey, "failed")]);
}

/** Runs that came as far as one step of a journey, and whether it was done. Skipped ones say nothing of it. */
export function journeyStep<Step extends string>(journey: Journey<Step>, step: NoInfer<Step>): Indicator {
  const done = ended(journey, "ok", step);
  return goodOf([done], [done, ended(journey, "failed", step)]);
}
