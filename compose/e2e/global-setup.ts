import type { TestProject } from "vitest/node";
import { createStack, removeStack, runCommand } from "./stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    portBase: number;
    stateRoot: string;
  }
}

/** Far from the default ports, so that tests run beside a stack that is in use. */
const PORT_BASE = 24_700;

/**
 * Starts one stack that all end-to-end tests share. Each test leaves it as healthy as it found it. A made-up past would
 * dilute what they cause.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = createStack(PORT_BASE);
  const started = await runCommand(stack, ["start", "--detach", "--no-history"]);
  if (started.code !== 0) {
    await removeStack(stack);
    throw new Error(`The stack did not start:\n${started.stdout}${started.stderr}`);
  }
  project.provide("portBase", stack.portBase);
  project.provide("stateRoot", stack.stateRoot);
  return () => removeStack(stack);
}
