import { dataPanels, type PanelJson } from "../board-json.ts";
import { drawsData, type Rule, when } from "../rule.ts";

const LARGEST = 25;
const COLUMNS = 24;
const LARGEST_ID = 2 ** 31 - 1;
const SCHEMA_VERSION = 42;
const SMALLEST_REFRESH_S = 30;

function refreshSeconds(refresh: string | undefined): number {
  const [, count = "0", unit = "s"] = /^(\d+)([smh])$/.exec(refresh ?? "") ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 0);
}

const overlap = (a: PanelJson["gridPos"], b: PanelJson["gridPos"]): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function keysIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
}

/** What a board must be for Grafana to read it and people to find it. */
export const shapeRules: readonly Rule[] = [
  {
    name: "identity",
    because: "people, links and alerts find a board by what never changes",
    check: (board, { boards }) => [
      ...when(!/^[a-z0-9-]{3,40}$/.test(board.uid), `uid "${board.uid}" is not 3 to 40 of a-z, 0-9 and -`),
      ...when(boards.filter(({ uid }) => uid === board.uid).length > 1, "another board has the same uid"),
      ...when(
        boards.filter(({ title }) => title === board.title).length > 1,
        "another board has the same title",
      ),
      ...when(!board.tags.includes("watchkeeper"), "it lacks the tag watchkeeper"),
      ...when(board.editable, "it can be edited in the browser, where edits are lost"),
      ...when(board.schemaVersion !== SCHEMA_VERSION, `its schemaVersion is not ${SCHEMA_VERSION}`),
    ],
  },
  {
    name: "calm",
    because: "a board that asks too much or too often slows Prometheus down when it is needed most",
    check: (board) => [
      ...when(
        dataPanels(board).length > LARGEST,
        `it has ${dataPanels(board).length} panels, more than ${LARGEST}`,
      ),
      ...when(
        refreshSeconds(board.refresh) < SMALLEST_REFRESH_S,
        `it refreshes every ${board.refresh}, more often than every ${SMALLEST_REFRESH_S} s`,
      ),
    ],
  },
  {
    name: "ids",
    because: "a link to a panel names its id, and Grafana does not find panel 0",
    check: ({ panels }) =>
      panels.flatMap(({ id, title }) => [
        ...when(!Number.isInteger(id) || id < 1 || id > LARGEST_ID, `its id is ${id}`, title),
        ...when(panels.filter((other) => other.id === id).length > 1, `another panel has id ${id}`, title),
      ]),
  },
  {
    name: "grid",
    because: "Grafana moves panels that overlap or do not fit, each time otherwise",
    check: ({ panels }) =>
      panels.flatMap(({ gridPos, title }, i) => [
        ...when(gridPos.x < 0 || gridPos.x + gridPos.w > COLUMNS, "it does not fit into 24 columns", title),
        ...panels
          .slice(i + 1)
          .flatMap((other) => when(overlap(gridPos, other.gridPos), `it overlaps "${other.title}"`, title)),
      ]),
  },
  {
    name: "placement",
    because: "links and annotations that say where they are placed end in a menu that nobody opens",
    check: (board) => [
      ...when(
        keysIn([board.links, board.annotations]).includes("placement"),
        "a link or annotation says placement",
      ),
      ...dataPanels(board).flatMap(({ links, title }) =>
        when(keysIn(links).includes("placement"), "a link says placement", title),
      ),
    ],
  },
  {
    name: "annotations",
    because: "without the built-in one people's notes are not shown, without the alerts a peak has no name",
    check: ({ annotations: { list } }) => [
      ...when(!list.some(({ builtIn }) => builtIn === 1), "it lacks the built-in annotation"),
      ...when(!list.some(({ expr }) => expr?.startsWith("ALERTS")), "it does not show when alerts fire"),
    ],
  },
  {
    name: "data-source",
    because: "a board that names one Prometheus works nowhere else",
    check: (board) => {
      const variable = board.templating.list.find(({ type }) => type === "datasource");
      const uids = [
        ...dataPanels(board)
          .filter(drawsData)
          .flatMap((panel) => [panel, ...(panel.targets ?? [])]),
        ...board.annotations.list.filter(({ builtIn }) => builtIn !== 1),
        ...board.templating.list.filter(({ type }) => type === "query"),
      ].map(({ datasource }) => datasource?.uid);
      return [
        ...when(
          variable?.name !== "datasource" || variable.label !== "Data source",
          "it has no choice of data source",
        ),
        ...when(
          uids.some((uid) => uid !== "$" + "{datasource}"),
          `it asks ${uids.find((uid) => uid !== "$" + "{datasource}")}`,
        ),
      ];
    },
  },
];
