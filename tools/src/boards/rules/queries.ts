import { checkExpression } from "../../expressions.ts";
import { dataPanels, variablesIn, withVariables } from "../board-json.ts";
import { ofPanels, type Rule, seriesIn, when } from "../rule.ts";
import { checkStructure } from "../structure.ts";

/** What a board may ask. */
export const queryRules: readonly Rule[] = [
  {
    name: "variables",
    because: "a variable that does not exist selects nothing, and one that nobody uses misleads",
    check: (board, { known }) => {
      const defined = board.templating.list.filter(({ type }) => type !== "datasource");
      const texts = dataPanels(board).flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));
      const used = new Set(texts.flatMap(variablesIn));
      return [
        ...[...used]
          .filter((name) => !defined.some((variable) => variable.name === name))
          .map((name) => ({ text: `it uses $${name}, which it does not define` })),
        ...defined.flatMap(({ name, query }) => {
          const text = typeof query === "string" ? query : (query?.query ?? "");
          const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(text) ?? [];
          return [
            ...when(!used.has(name), `nothing uses $${name}`),
            ...when(selector === "", `$${name} is not made by label_values(series, label)`),
            ...checkExpression(withVariables(selector), known).map((problem) => ({
              text: `$${name} ${problem}`,
            })),
            ...seriesIn(selector, known)
              .filter((series) => !known.get(series)?.has(label))
              .map((series) => ({ text: `$${name} lists ${label}, which ${series} does not carry` })),
          ];
        }),
      ];
    },
  },
  {
    name: "queries",
    because: "a series or label that nobody makes is a panel that says No data and means nothing",
    check: ofPanels((panel, _, { known, counters }) =>
      (panel.targets ?? []).flatMap(({ refId, expr }) => {
        const text = withVariables(expr);
        return [...checkExpression(text, known), ...checkStructure(text, counters)].map(
          (problem) => `query ${refId} ${problem}`,
        );
      }),
    ),
  },
];
