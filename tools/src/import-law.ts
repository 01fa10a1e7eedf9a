import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

/**
 * Who may import whom, and why no more. A folder that stands in no line may import nothing of ours, and nobody may
 * import it.
 */
const LAW: Readonly<Record<string, { readonly may: readonly string[]; readonly because: string }>> = {
  catalogue: { may: [], because: "what we measure and promise is data that everything else derives from" },
  telemetry: { may: [], because: "what carries logs and traces away knows nothing of what they say" },
  process: {
    may: ["telemetry"],
    because: "settings, log, clock and shutdown know nothing of the product",
  },
  web: {
    may: [],
    because: "what pages look like and how they are protected must not depend on what one of them shows",
  },
  exporters: { may: ["catalogue"], because: "the instruments must be usable alone in anybody's app" },
  app: {
    may: ["exporters", "process", "web", "catalogue"],
    because: "processes talk HTTP, SQL or Prometheus, so that each can fail and be replaced alone",
  },
  collector: {
    may: ["exporters", "process", "web", "catalogue"],
    because: "what is collected must not share code with what it is collected from",
  },
  pager: {
    may: ["exporters", "process", "web", "catalogue"],
    because: "the path that reports a failure shares nothing with what fails",
  },
  console: {
    may: ["exporters", "process", "web", "catalogue"],
    because: "the page sees the suite as any other client does, through Prometheus and HTTP",
  },
  inbox: {
    may: ["process", "web", "catalogue"],
    because: "the stand-in speaks the providers' protocols and no other",
  },
  history: {
    may: ["process", "catalogue"],
    because: "a made-up past knows what is measured and nothing of who measures it",
  },
  alerts: { may: ["catalogue"], because: "a generator that imports a process would run it" },
  dashboards: {
    may: ["catalogue"],
    because: "a board asks Prometheus and knows nothing of how a service works",
  },
  "grafana/plugins/slo-budget": {
    may: [],
    because: "the panel runs in Grafana, where there is nothing of ours",
  },
  "compose/native": { may: ["process", "catalogue"], because: "it starts processes and imports none" },
  "compose/docker": {
    may: [
      "app",
      "collector",
      "pager",
      "console",
      "inbox",
      "telemetry",
      "process",
      "catalogue",
      "compose/native",
    ],
    because:
      "its only code is tests, which ask each process whether it understands what its container tells it",
  },
  testing: { may: ["compose/native"], because: "tests get the servers that people get, from the same place" },
  tools: {
    may: ["alerts", "dashboards", "grafana/plugins/slo-budget", "compose/native", "catalogue"],
    because:
      "the tools run the generators, with the promtool that people get, and judge everything else as files",
  },
  bench: {
    may: [
      "alerts",
      "app",
      "collector",
      "chaos",
      "console",
      "exporters",
      "history",
      "process",
      "testing",
      "catalogue",
      "compose/native",
    ],
    because: "what is measured must not know of it, and servers come from where tests get them",
  },
  chaos: {
    may: ["pager", "inbox", "process", "testing", "compose/native"],
    because: "the experiment ends a pager between two steps, and asks the stand-in what reached people",
  },
  "compose/e2e": {
    may: ["testing", "compose/native", "process", "catalogue"],
    because: "what is tested from outside must not be reached from inside",
  },
};

const FOLDERS = Object.keys(LAW);
/** Tests, and what tests of a folder share: `test-app.ts`. */
const TEST_FILE = "(?:\\.test|/test-[^/]+)\\.ts$";
/** Folders that hold nothing but tests and what they need. */
const TEST_FOLDER = "^testing/|^compose/e2e/|^bench/|^chaos/";

/** What a test may import beyond its folder's own rights. */
const FOR_TESTS = ["testing", "inbox", "history"];

const anyOf = (folders: readonly string[]): string => `^(?:${folders.join("|")})/`;

function rulesOf(folder: string): IForbiddenRuleType[] {
  const { may, because } = LAW[folder] ?? { may: [], because: "" };
  const forbidden = FOLDERS.filter((other) => other !== folder && !may.includes(other));
  const forTests = forbidden.filter((other) => !FOR_TESTS.includes(other));
  const allowed = may.length === 0 ? "nothing of ours" : `only ${may.join(", ")}`;
  const rule = (name: string, from: object, to: readonly string[], comment: string): IForbiddenRuleType => ({
    name,
    severity: "error",
    comment,
    from,
    to: { path: anyOf(to) },
  });
  return [
    rule(`${folder} imports ${allowed}`, { path: `^${folder}/`, pathNot: TEST_FILE }, forbidden, because),
    rule(
      `tests of ${folder} import ${[...new Set([...may, ...FOR_TESTS])].join(", ")} and no more`,
      { path: `^${folder}.*${TEST_FILE}` },
      forTests,
      because,
    ),
  ];
}

/** The rules for dependency-cruiser, each with the sentence why. */
export const importRules: readonly IForbiddenRuleType[] = [
  ...FOLDERS.flatMap(rulesOf),
  {
    name: "nothing goes in circles",
    severity: "error",
    comment: "files that need each other are one idea in two places, or two that must be told apart",
    from: {},
    to: { circular: true },
  },
  {
    name: "every import is found",
    severity: "error",
    comment: "an import that this check cannot follow is one that it cannot judge",
    from: {},
    // Grafana gives its own package to a panel when it loads it; it is never installed here.
    to: { couldNotResolve: true, pathNot: "^(?:node|vitest|virtual):|^@grafana/data$" },
  },
  {
    name: "sources do not import tests",
    severity: "error",
    comment: "what only tests need must not run in production",
    from: { pathNot: `${TEST_FILE}|${TEST_FOLDER}` },
    to: { path: `${TEST_FILE}|^node_modules/(?:vitest|fast-check)/` },
  },
  {
    name: "nobody imports a main",
    severity: "error",
    comment: "main.ts starts a process when it is imported: import what it calls",
    from: {},
    to: { path: "/main\\.ts$", pathNot: "^process/" },
  },
];

/**
 * Judges the imports of all TypeScript of a repository, types included.
 *
 * @returns one line for each import that breaks the law; an empty tree is a broken law too, since a check that sees
 * no modules sees no violations either
 */
export async function checkImports(root: string): Promise<readonly string[]> {
  const present = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(
    present,
    {
      baseDir: root,
      ruleSet: { forbidden: [...importRules] },
      validate: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "(?:^|/)node_modules/\\.vite" },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "node", "default", "types"],
        extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      },
    },
    undefined,
  );
  const { summary } = output as ICruiseResult;
  const typescript = (output as ICruiseResult).modules.filter(({ source }) => /(?<!\.d)\.ts$/.test(source));
  if (typescript.length === 0) return ["no TypeScript module was seen: the check itself is broken"];
  return summary.violations.map(({ from, to, rule }) => {
    const why = importRules.find(({ name }) => name === rule.name)?.comment;
    return `${from} → ${to}: ${rule.name} (${why})`;
  });
}
