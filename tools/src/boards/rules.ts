import { units } from "@watchkeeper/dashboards/unit";
import { checkExpression, type KnownSeries } from "../expressions.ts";
import { type BoardJson, dataPanels, type PanelJson, variablesIn, withVariables } from "./board-json.ts";
import { type Counters, checkStructure } from "./structure.ts";

/** What a board is judged against. */
export interface Surroundings {
  readonly boards: readonly BoardJson[];
  readonly known: KnownSeries;
  readonly counters: Counters;
  /** Names of the alerts that have a runbook. */
  readonly runbooks: ReadonlySet<string>;
}

/** What breaks a rule. Without a panel it is the board itself. */
export interface Finding {
  readonly panel?: string;
  readonly text: string;
}

export interface Rule {
  readonly name: string;
  readonly because: string;
  check(board: BoardJson, surroundings: Surroundings): readonly Finding[];
}

const LARGEST = 25;
const COLUMNS = 24;
const LARGEST_ID = 2 ** 31 - 1;
const SCHEMA_VERSION = 42;
const SMALLEST_REFRESH_S = 30;
const HOME = "overview";

const when = (broken: boolean, text: string, panel?: string): readonly Finding[] =>
  broken ? [panel === undefined ? { text } : { panel, text }] : [];

const ofPanels =
  (
    check: (panel: PanelJson, board: BoardJson, surroundings: Surroundings) => readonly string[],
  ): Rule["check"] =>
  (board, surroundings) =>
    dataPanels(board).flatMap((panel) =>
      check(panel, board, surroundings).map((text) => ({ panel: panel.title, text })),
    );

const drawsData = (panel: PanelJson): boolean => panel.type !== "text";

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

/** Uids of the boards that a board leads to. */
const leadsTo = (board: BoardJson): readonly string[] =>
  [...board.links, ...dataPanels(board).flatMap(({ links }) => links ?? [])].flatMap(({ url }) => {
    const [, uid] = /^\/d\/([^/?]+)/.exec(url) ?? [];
    return uid === undefined ? [] : [uid];
  });

const unitsOf = (panel: PanelJson): readonly unknown[] => [
  panel.fieldConfig?.defaults.unit,
  ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "unit").map(({ value }) => value),
  ),
];

/** Labels that a legend shows. */
const legendLabels = (legend: string): readonly string[] =>
  [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);

const seriesIn = (expr: string, known: KnownSeries): readonly string[] =>
  [...expr.matchAll(/[a-zA-Z_:][\w:]*/g)].map(([name]) => name).filter((name) => known.has(name));

/** Every rule that a generated board must keep. */
export const boardRules: readonly Rule[] = [
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
  {
    name: "words",
    because: "who opens a board at night did not write it",
    check: ofPanels((panel) => [
      ...(panel.title.trim() === "" ? ["it has no title"] : []),
      ...((panel.description ?? "").length < 20 ? ["it has no description"] : []),
    ]),
  },
  {
    name: "units",
    because: "a number without its unit is read wrongly",
    check: ofPanels((panel) =>
      drawsData(panel)
        ? unitsOf(panel)
            .filter((unit) => typeof unit !== "string" || !(unit in units))
            .map((unit) => `its unit is ${unit ?? "missing"}`)
        : [],
    ),
  },
  {
    name: "thresholds",
    because: "a number that stands alone must say whether it is good",
    check: ofPanels((panel) =>
      ["stat", "gauge", "bargauge"].includes(panel.type) &&
      (panel.fieldConfig?.defaults.thresholds?.steps ?? []).length === 0
        ? ["it has no thresholds"]
        : [],
    ),
  },
  {
    name: "targets",
    because: "a panel that asks nothing shows nothing",
    check: ofPanels((panel) =>
      drawsData(panel) && (panel.targets ?? []).length === 0 ? ["it asks nothing"] : [],
    ),
  },
  {
    name: "legends",
    because: "lines that cannot be told apart, or that are called {{nothing}}, tell nothing",
    check: ofPanels((panel, _, { known }) => [
      ...(panel.type === "timeseries" && panel.options?.legend?.showLegend !== true
        ? ["it has no legend"]
        : []),
      ...(panel.targets ?? []).flatMap(({ legendFormat = "", expr, refId }) => {
        const several = (panel.targets ?? []).length > 1 || panel.type === "timeseries";
        if (panel.type !== "table" && several && legendFormat === "") return [`query ${refId} has no legend`];
        const carried = seriesIn(expr, known).map((name) => known.get(name));
        return legendLabels(legendFormat)
          .filter((name) => name !== "le" && !carried.some((labels) => labels?.has(name)))
          .map((name) => `query ${refId}'s legend shows ${name}, which nothing in it carries`);
      }),
    ]),
  },
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
