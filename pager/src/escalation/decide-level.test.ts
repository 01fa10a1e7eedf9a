import fc from "fast-check";
import { expect, test } from "vitest";
import { levelAt, type Position } from "./decide-level.ts";
import type { Policy } from "./directory.ts";

const policies: fc.Arbitrary<Policy> = fc.record({
  id: fc.constant("p"),
  levels: fc.array(
    fc.record({ targets: fc.constant(["person:ada"]), timeoutMs: fc.integer({ min: 1_000, max: 600_000 }) }),
    { maxLength: 5 },
  ),
  repeat: fc.integer({ min: 0, max: 4 }),
  catchAll: fc.constantFrom([], ["person:cy"]),
  acknowledgeTimeoutMs: fc.constant(null),
});

/** Everything that a run passes until it is exhausted. */
function walk(policy: Policy): { readonly visited: readonly string[]; readonly kinds: readonly string[] } {
  const visited: string[] = [];
  const kinds: string[] = [];
  let position: Position = { round: 0, level: 0 };
  for (;;) {
    const level = levelAt(policy, position);
    if (level.kind === "exhausted") return { visited, kinds };
    visited.push(`${position.round}/${position.level}`);
    kinds.push(level.kind);
    position = level.next;
  }
}

test("a run passes each level once in each round, the catch-all once at the end, and ends", () => {
  fc.assert(
    fc.property(policies, (policy) => {
      const { visited, kinds } = walk(policy);
      const levels = policy.levels.length * (policy.repeat + 1);
      const hasCatchAll = policy.catchAll.length > 0;
      expect(visited).toHaveLength(levels + (hasCatchAll ? 1 : 0));
      // No position comes twice: it is the key that refuses a second firing.
      expect(new Set(visited).size).toBe(visited.length);
      expect(kinds.indexOf("catch-all")).toBe(hasCatchAll ? visited.length - 1 : -1);
    }),
  );
});
