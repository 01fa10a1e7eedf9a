// Runs every `npm run …` of this repository, also on a clone without node_modules: plain JavaScript without
// dependencies that installs what is missing and then hands over to TypeScript in the same process.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stack = "compose/native/src/main.ts";
const programs = {
  start: stack,
  stop: stack,
  status: stack,
  reset: stack,
  dev: stack,
  gen: "tools/src/gen.ts",
  check: "tools/src/check.ts",
  test: "tools/src/test.ts",
  slo: "alerts/src/command/main.ts",
  collector: "collector/src/command/main.ts",
  report: "collector/src/command/main.ts",
  bench: "bench/run.ts",
  chaos: "chaos/run.ts",
  "verify:grafana": "tools/src/verify-grafana.ts",
};

/** The reason why this Node.js will not do, or undefined. The floor is the one that package.json states. */
export function refuseNode(version, engines) {
  const floor = engines.replace(/^>=/, "").split(".").map(Number);
  const [major, minor] = version.split(".").map(Number);
  const enough = major > floor[0] || (major === floor[0] && minor >= (floor[1] ?? 0));
  return enough
    ? undefined
    : `Cannot run on Node.js ${version} as ${engines} is needed: install a newer Node.js`;
}

/** Installs the dependencies when node_modules does not hold what package-lock.json asks for. */
function installDependencies() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".watchkeeper-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing the dependencies (npm ci), about half a minute the first time …\n");
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ["npm", []];
  const args = [...prefix, "ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (result.status !== 0) fail("Cannot install the dependencies as npm ci failed: see its message above");
  writeFileSync(stamp, lock);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const runsAsProgram = process.argv[1] === fileURLToPath(import.meta.url);
if (runsAsProgram) {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const refusal = refuseNode(process.versions.node, engines.node);
  if (refusal) fail(refusal);
  const program = programs[process.argv[2]];
  if (!program)
    fail(`Cannot run "${process.argv[2]}" as there is no such command: ${Object.keys(programs).join(", ")}`);
  installDependencies();
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(join(root, program)).href);
}
