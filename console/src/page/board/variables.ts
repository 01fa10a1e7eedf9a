import { ALL, type Choice, type Choices, interpolate, type Scope } from "../../boards/interpolate.ts";
import type { Board, Variable } from "../../boards/model.ts";
import { QueryError, type Questions } from "./prometheus.ts";

const queryOf = ({ query }: Variable): string => (typeof query === "string" ? query : (query?.query ?? ""));

/** The data source of a panel is Prometheus: there is no other here. */
export const variablesOf = (board: Board): readonly Variable[] =>
  (board.templating?.list ?? []).filter(({ type }) => type !== "datasource");

const listed = (variable: Variable): readonly string[] =>
  queryOf(variable)
    .split(/(?<!\\),/)
    .map((part) => part.replace(/\\,/g, ",").trim())
    .map((part) => /^.+ : (.+)$/.exec(part)?.[1] ?? part)
    .filter((part) => part !== "");

const natural = new Intl.Collator(undefined, { numeric: true });

/** What a regular expression leaves of the values, each once. */
function filtered(values: readonly string[], { regex }: Variable): readonly string[] {
  const source = /^\/(.*)\/[gimsuy]*$/s.exec(regex ?? "")?.[1] ?? regex;
  const kept = source
    ? values.flatMap((value) => {
        const found = new RegExp(source).exec(value);
        return found ? [found[1] ?? value] : [];
      })
    : values;
  return [...new Set(kept)];
}

async function labelValues(
  variable: Variable,
  scope: Scope,
  questions: Questions,
): Promise<readonly string[]> {
  const parts = /^label_values\(\s*(?:(.+?)\s*,)?\s*(\w+)\s*\)$/s.exec(queryOf(variable).trim());
  if (!parts) throw new QueryError(`The variable ${variable.name} cannot be read: ${queryOf(variable)}`);
  const [, selector = "", label = ""] = parts;
  const { from, to } = scope.range;
  const values = await questions.labelValues(label, interpolate(selector, scope, "promql"), from, to);
  return [...values].sort(natural.compare);
}

async function optionsOf(variable: Variable, scope: Scope, questions: Questions): Promise<readonly string[]> {
  if (variable.type === "query") return filtered(await labelValues(variable, scope, questions), variable);
  return filtered(listed(variable), variable);
}

/** What is chosen: by the address, else by the board, else the first there is. */
function chosenOf(variable: Variable, options: readonly string[], inAddress: readonly string[] | undefined) {
  const current = [variable.current?.value ?? []].flat().map(String);
  const wanted = (inAddress ?? current).filter((value) => value !== "");
  const many = variable.multi ? wanted : wanted.slice(0, 1);
  if (variable.type === "textbox" || variable.type === "constant") return many;
  if (many.length > 0) return many.map((value) => (value === "All" && options.includes(ALL) ? ALL : value));
  return options.slice(0, 1);
}

/**
 * Loads what can be chosen, one variable after another as a later one may use an earlier one.
 *
 * @param failed is told of each variable whose values cannot be had; what was chosen of it stays
 */
export async function loadChoices(
  board: Board,
  inAddress: ReadonlyMap<string, readonly string[]>,
  scope: Omit<Scope, "choices">,
  questions: Questions,
  failed: (variable: Variable, reason: string) => void,
): Promise<Choices> {
  const choices = new Map<string, Choice>();
  for (const variable of variablesOf(board)) {
    let values: readonly string[] = [];
    try {
      values = await optionsOf(variable, { ...scope, choices }, questions);
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      failed(variable, (error as Error).message);
    }
    const options = variable.includeAll ? [ALL, ...values] : values;
    choices.set(variable.name, {
      variable,
      options,
      chosen: chosenOf(variable, options, inAddress.get(variable.name)),
    });
  }
  return choices;
}

const isRepeated = (board: Board, { name }: Variable): boolean =>
  (board.panels ?? []).some(
    ({ repeat, panels = [] }) => repeat === name || panels.some((panel) => panel.repeat === name),
  );

/**
 * What is chosen, where that can be said before anybody was asked what there is: panels need not wait for lists that
 * only the pickers show.
 *
 * @returns undefined where a panel needs a list of values
 */
export function chooseUnasked(
  board: Board,
  inAddress: ReadonlyMap<string, readonly string[]>,
): Choices | undefined {
  const choices = new Map<string, Choice>();
  for (const variable of variablesOf(board)) {
    const isAsked = variable.type === "query";
    const values = isAsked ? [] : filtered(listed(variable), variable);
    const options = variable.includeAll ? [ALL, ...values] : values;
    const chosen = chosenOf(variable, options, inAddress.get(variable.name));
    const needsList = chosen.length === 0 || (chosen.includes(ALL) && !variable.allValue);
    if (isAsked && (needsList || isRepeated(board, variable))) return undefined;
    choices.set(variable.name, { variable, options, chosen });
  }
  return choices;
}
