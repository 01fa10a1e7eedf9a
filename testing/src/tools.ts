import type { ToolName } from "@watchkeeper/native/tools";
import { inject } from "vitest";

/** Where a real tool of the stack is, for a test to run it. */
export function toolPath(name: ToolName): string {
  const path = inject("toolPaths")[name];
  if (!path) throw new Error(`Cannot run ${name} as the tests' global setup did not provide it`);
  return path;
}
