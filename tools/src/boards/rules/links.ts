import { type BoardJson, dataPanels, type LinkJson, type PanelJson } from "../board-json.ts";
import { type Rule, when } from "../rule.ts";

const HOME = "overview";

const linksOf = (panel: PanelJson): readonly LinkJson[] => [
  ...(panel.links ?? []),
  ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "links").flatMap(({ value }) => value as readonly LinkJson[]),
  ),
];

/** Uids of the boards that a board leads to. */
const leadsTo = (board: BoardJson): readonly string[] =>
  [...board.links, ...dataPanels(board).flatMap(linksOf)].flatMap(({ url }) => {
    const [, uid] = /^\/d\/([^/?]+)/.exec(url) ?? [];
    return uid === undefined ? [] : [uid];
  });

/** Where links must lead. */
export const linkRules: readonly Rule[] = [
  {
    name: "links",
    because: "a link that leads nowhere is found by the person who needs it most",
    check: (board, { boards, runbooks }) => {
      const reached = new Set([HOME]);
      for (const uid of reached)
        for (const next of leadsTo(boards.find((other) => other.uid === uid) ?? board)) reached.add(next);
      const named = dataPanels(board).flatMap(({ links, title }) =>
        (links ?? []).flatMap(({ url }) => {
          const [, alert] = /\/runbooks\/(\w+)$/.exec(url) ?? [];
          return when(
            alert !== undefined && !runbooks.has(alert),
            `its runbook ${alert} does not exist`,
            title,
          );
        }),
      );
      return [
        ...leadsTo(board)
          .filter((uid) => !boards.some((other) => other.uid === uid))
          .map((uid) => ({ text: `it leads to ${uid}, which does not exist` })),
        ...when(board.uid !== HOME && !leadsTo(board).includes(HOME), `no link leads back to ${HOME}`),
        ...when(!reached.has(board.uid), `no way leads to it from ${HOME}`),
        ...named,
      ];
    },
  },
];
