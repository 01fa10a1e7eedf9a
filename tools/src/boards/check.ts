import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BoardJson, dataPanels, withVariables } from "./board-json.ts";
import type { Exception } from "./exceptions.ts";
import type { Rule, Surroundings } from "./rule.ts";
import { boardRules } from "./rules/all.ts";

/**
 * Judges boards by the rules.
 * @returns a line for each finding that no exception excuses, and for each exception that excuses nothing
 */
export function checkBoards(
  surroundings: Surroundings,
  exceptions: readonly Exception[],
  rules: readonly Rule[] = boardRules,
): readonly string[] {
  const used = new Set<Exception>();
  const found = surroundings.boards.flatMap((board) =>
    rules.flatMap((rule) =>
      rule.check(board, surroundings).flatMap(({ panel, text }) => {
        const excuse = exceptions.find(
          (exception) =>
            exception.rule === rule.name && exception.board === board.uid && exception.panel === panel,
        );
        if (excuse) used.add(excuse);
        const place = panel === undefined ? board.uid : `${board.uid}, "${panel}"`;
        return excuse ? [] : [`${place}: ${text} (${rule.name}: ${rule.because})`];
      }),
    ),
  );
  const idle = exceptions
    .filter((exception) => !used.has(exception))
    .map(
      ({ rule, board, panel = "the board" }) =>
        `the exception from ${rule} for ${panel} of ${board} excuses nothing`,
    );
  return [...found, ...idle];
}

/**
 * Finds series that are measured and that nobody looks at.
 * @param names series as the catalogue names them; of a histogram, without its suffix
 * @param unseen reasons why some are on no board
 */
export function checkShown(
  boards: readonly BoardJson[],
  names: readonly string[],
  unseen: Readonly<Record<string, string>>,
): readonly string[] {
  const texts = expressionsOf(boards)
    .map(({ text }) => text)
    .join("\n");
  const shown = (name: string): boolean =>
    new RegExp(`(?<![\\w:])${name}(?:_bucket|_count|_sum)?(?![\\w:])`).test(texts);
  const forgotten = names.filter((name) => !shown(name) && !(name in unseen));
  const idle = Object.keys(unseen).filter((name) => !names.includes(name) || shown(name));
  return [
    ...forgotten.map((name) => `${name} is on no board: show it, or say in exceptions.ts why not`),
    ...idle.map((name) => `the exception for ${name} excuses nothing`),
  ];
}

/** Every expression of every board with its place, as Prometheus gets it. */
export const expressionsOf = (boards: readonly BoardJson[]): readonly { place: string; text: string }[] =>
  boards.flatMap((board) => [
    ...dataPanels(board).flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, expr }) => ({
        place: `${board.uid}, "${title}", query ${refId}`,
        text: withVariables(expr),
      })),
    ),
    ...board.annotations.list.flatMap(({ expr }) =>
      expr === undefined ? [] : [{ place: `${board.uid}, an annotation`, text: withVariables(expr) }],
    ),
  ]);

/**
 * Has promtool judge all expressions at once, as rules of one file: it knows which functions and types its Prometheus
 * has, which the parser does not.
 * @param promtool its path
 */
export function checkWithPromtool(
  expressions: readonly { place: string; text: string }[],
  promtool: string,
): readonly string[] {
  const rules = expressions.map(({ text }, i) => ({ record: `board:query:${i}`, expr: text }));
  const folder = mkdtempSync(join(tmpdir(), "watchkeeper-boards-"));
  try {
    const file = join(folder, "queries.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "queries", rules }] }));
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", file], { encoding: "utf8" });
    if (status === 0) return [];
    const problems = `${stdout}${stderr}`.split("\n").filter((line) => /error|could not/i.test(line));
    return problems.map((problem) => {
      const [, index] = /board:query:(\d+)/.exec(problem) ?? [];
      const place = index === undefined ? undefined : expressions[Number(index)]?.place;
      return `${place ?? "promtool"}: ${problem.trim()}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
