import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "@watchkeeper/testing/tools";
import { stringify } from "yaml";
import type { Rule } from "./rule.ts";

/** What is expected of an expression at a time. */
export const expected = (
  expr: string,
  evalTime: string,
  samples: readonly { readonly labels: string; readonly value: number }[],
) => ({ expr, eval_time: evalTime, exp_samples: samples });

/** What promtool says of one test of these rules, evaluated in their order every `seconds`. */
export function promtoolTest(rules: readonly Rule[], seconds: number, test: object): string {
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-rules-"));
  try {
    const group = { name: "slo", rules: rules.map((rule) => ({ ...rule, expr: rule.expr.text })) };
    writeFileSync(join(folder, "rules.yml"), stringify({ groups: [group] }, { lineWidth: 0 }));
    writeFileSync(
      join(folder, "test.yml"),
      stringify(
        {
          rule_files: ["rules.yml"],
          evaluation_interval: `${seconds}s`,
          tests: [{ interval: `${seconds}s`, ...test }],
        },
        { lineWidth: 0, aliasDuplicateObjects: false },
      ),
    );
    const { stdout, stderr } = spawnSync(toolPath("promtool"), ["test", "rules", "test.yml"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
