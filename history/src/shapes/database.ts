import { pgUp } from "@watchkeeper/catalogue/external";
import * as pg from "@watchkeeper/catalogue/foreign/postgres";
import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";
import {
  databaseConnectionAcquireSeconds,
  databaseConnectionsActive,
  databaseConnectionsIdle,
  databaseConnectionsMax,
  databaseConnectionsWaiting,
  databaseErrorsTotal,
  databaseQueryDurationSeconds,
} from "@watchkeeper/catalogue/metrics/database";
import { durations, foreignGrowth, foreignLevel, growth, level, type Shape } from "../shape.ts";
import type { Moment } from "../world/world.ts";

/** The directory's queries for each request of a visitor, and how long half of them take at most. */
const QUERIES = [
  { query: "employee_search", each: 0.2, half: 0.006 },
  { query: "employee_find", each: 0.1, half: 0.0012 },
  { query: "employee_update", each: 0.05, half: 0.0028 },
] as const;

/** Connections in use: those that queries hold, and a few that a slow day keeps. */
const active = ({ requests, slowness }: Moment): number =>
  Math.min(18, Math.round(0.3 + requests * 0.02 * slowness ** 2));
const OPEN = 10;
const POOL = 20;

const pools: readonly Shape[] = (["app", "pager"] as const).flatMap((job) => {
  const busy = (moment: Moment): number => (job === "app" ? active(moment) : 0);
  return [
    level(databaseConnectionsActive, job, {}, busy),
    level(databaseConnectionsIdle, job, {}, (moment) =>
      Math.max(0, (job === "app" ? OPEN : 2) - busy(moment)),
    ),
    level(databaseConnectionsWaiting, job, {}, () => 0),
    level(databaseConnectionsMax, job, {}, () => (job === "app" ? POOL : 10)),
  ];
});

/** Queries that fail, a second: people in each other's way on any day, the database's limits when requests fail. */
const FAILING: Readonly<Partial<Record<LabelValue<"error_class">, (moment: Moment) => number>>> = {
  conflict: ({ requests }) => requests * 0.000_4,
  constraint: ({ requests }) => requests * 0.000_2,
  timeout: ({ requests, failing }) => requests * failing * 0.8,
};

const troubles: readonly Shape[] = [
  durations(
    databaseConnectionAcquireSeconds,
    "app",
    {},
    { rate: ({ requests }) => requests * 0.4, half: 0.000_2 },
  ),
  ...labels.error_class.values.map((error_class) =>
    growth(databaseErrorsTotal, "app", { error_class }, FAILING[error_class] ?? (() => 0)),
  ),
];

const server = "directory-postgres";
const of = { datname: "directory", server } as const;
const counted = { ...of, datid: "1" } as const;
const PG = "postgres-exporter";

const STATES = { active: 0, idle: 0, "idle in transaction": 0 } as const;
const connections = (state: keyof typeof STATES, moment: Moment): number =>
  ({ active: 1 + active(moment), idle: OPEN - active(moment) / 2, "idle in transaction": 0 })[state];

/** What the exporter of PostgreSQL saw. */
const seen: readonly Shape[] = [
  foreignLevel(pgUp, PG, {}, () => 1),
  foreignLevel(pg.pgSettingsMaxConnections, PG, { server }, () => 60),
  ...(Object.keys(STATES) as (keyof typeof STATES)[]).flatMap((state) => [
    foreignLevel(pg.pgStatActivityCount, PG, { ...of, state }, (moment) =>
      Math.max(0, Math.round(connections(state, moment))),
    ),
    foreignLevel(pg.pgStatActivityMaxTxDuration, PG, { ...of, state }, ({ slowness, wobble }) =>
      state === "active" ? 0.02 * slowness * (1 + 0.5 * wobble("transaction")) : 0,
    ),
  ]),
  ...["accesssharelock", "rowexclusivelock"].map((mode) =>
    foreignLevel(pg.pgLocksCount, PG, { ...of, mode }, (moment) => 1 + active(moment)),
  ),
  foreignLevel(pg.pgDatabaseSizeBytes, PG, of, ({ at }) => 11e6 + (at % (365 * 86_400)) * 0.08),
  foreignGrowth(pg.pgStatDatabaseXactCommit, PG, counted, ({ requests }) => 0.5 + requests * 0.45),
  foreignGrowth(
    pg.pgStatDatabaseXactRollback,
    PG,
    counted,
    ({ requests, failing }) => requests * (0.002 + failing),
  ),
  foreignGrowth(pg.pgStatDatabaseDeadlocks, PG, counted, ({ slowness }) => (slowness > 3 ? 0.001 : 0)),
  foreignGrowth(pg.pgStatDatabaseBlksHit, PG, counted, ({ requests }) => 40 + requests * 60),
  foreignGrowth(
    pg.pgStatDatabaseBlksRead,
    PG,
    counted,
    ({ requests, slowness }) => 0.05 + requests * 0.05 * slowness ** 2,
  ),
];

export const databaseShapes: readonly Shape[] = [
  ...QUERIES.map(({ query, each, half }) =>
    durations(
      databaseQueryDurationSeconds,
      "app",
      { query },
      { rate: ({ requests }) => requests * each, half },
    ),
  ),
  durations(databaseQueryDurationSeconds, "app", { query: "check" }, { rate: () => 0.2, half: 0.0006 }),
  ...pools,
  ...troubles,
  ...seen,
];
