import { spawn } from "node:child_process";
import { findContradictions } from "@watchkeeper/alerts/lint/contradictions";
import { ownClaims } from "@watchkeeper/alerts/lint/own-claims";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { checkAllBoards } from "./boards/law.ts";
import { checkDocuments } from "./doc-paths.ts";
import { findDrift } from "./drift.ts";
import { generateAll } from "./generators.ts";
import { checkImports } from "./import-law.ts";
import type { Law } from "./law.ts";
import { checkNames } from "./names.ts";
import { ROOT, repositoryFiles } from "./repository.ts";

/** Runs a program of node_modules. @returns its output by lines when it fails, nothing when it is content */
function runProgram(script: string, args: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${ROOT}/node_modules/${script}`, ...args], { cwd: ROOT });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve([]);
      const output = Buffer.concat(chunks).toString("utf8").trim();
      resolve(output === "" ? [`${script} ended with ${code ?? signal}`] : output.split("\n"));
    });
  });
}

/**
 * Each program of TypeScript has a tsconfig.json: the servers' at the root, the page's in its folder. What the compiler
 * learnt is kept for the next time.
 */
async function checkTypes(): Promise<readonly string[]> {
  const programs = repositoryFiles(ROOT, "tsconfig.json", "*/tsconfig.json");
  const found = await Promise.all(
    programs.map((path) => {
      const memory = `node_modules/.cache/watchkeeper/${path.replaceAll("/", "-")}.tsbuildinfo`;
      const options = ["--noEmit", "--pretty", "false", "--incremental", "--tsBuildInfoFile", memory];
      return runProgram("typescript/bin/tsc", [...options, "-p", path]);
    }),
  );
  return found.flat();
}

async function checkDrift(): Promise<readonly string[]> {
  const drift = findDrift(ROOT, await generateAll());
  return drift.map(({ path, kind }) => `${path}: ${kind}: run npm run gen and commit what it writes`);
}

async function checkPromises(): Promise<readonly string[]> {
  return findContradictions(ownClaims(slos)).map(
    ({ rule, says, sources }) => `${sources.join(", ")}: ${rule}: ${says}`,
  );
}

/** All laws of the repository. */
export const laws: readonly Law[] = [
  { name: "types", check: checkTypes },
  {
    name: "style",
    check: () => runProgram("@biomejs/biome/bin/biome", ["ci", "--colors=off", "--error-on-warnings"]),
  },
  { name: "imports", check: () => checkImports(ROOT) },
  { name: "drift", check: checkDrift },
  { name: "boards", check: checkAllBoards },
  { name: "documents", check: () => checkDocuments() },
  { name: "names", check: () => checkNames() },
  { name: "promises", check: checkPromises },
];

/** What came of a law. */
export interface Outcome {
  readonly name: string;
  /** Nothing where the law holds. */
  readonly problems: readonly string[];
  readonly durationMs: number;
}

async function judge(law: Law): Promise<Outcome> {
  const startMs = performance.now();
  let problems: readonly string[];
  try {
    problems = await law.check();
  } catch (error) {
    problems = [`the check itself failed: ${error instanceof Error ? error.stack : String(error)}`];
  }
  return { name: law.name, problems, durationMs: performance.now() - startMs };
}

/** Judges all laws at once. @param report is told of each as soon as it is judged */
export const checkAll = (
  all: readonly Law[],
  report: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> =>
  Promise.all(
    all.map(async (law) => {
      const outcome = await judge(law);
      report(outcome);
      return outcome;
    }),
  );

/** One line for a law that holds, its problems below it for one that does not. */
export function renderOutcome({ name, problems, durationMs }: Outcome): string {
  const line = `${problems.length === 0 ? "ok    " : "BROKEN"} ${name} (${(durationMs / 1_000).toFixed(1)} s)`;
  return [line, ...problems.map((problem) => `       ${problem}`)].join("\n");
}
