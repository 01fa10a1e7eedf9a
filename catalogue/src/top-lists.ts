/** A list of what people look for, as the collector publishes it: in the directory's database, and never as a metric. */
export interface TopList {
  readonly title: string;
  readonly columns: readonly string[];
  /** What reads it, with these columns: as Grafana asks the database, and as the collector does for the console. */
  readonly sql: string;
}

export const topLists = {
  "search-terms": {
    title: "Most searched terms",
    columns: ["Term", "Company", "Searches", "People"],
    sql: `SELECT term AS "Term", company AS "Company", searches::int AS "Searches", people::int AS "People" FROM collector.top_term ORDER BY searches DESC, people DESC, company, rank LIMIT 10`,
  },
  profiles: {
    title: "Most viewed profiles",
    columns: ["Person", "Company", "Views", "People"],
    sql: `SELECT person AS "Person", company AS "Company", views::int AS "Views", people::int AS "People" FROM collector.top_profile ORDER BY views DESC, people DESC, company, rank LIMIT 10`,
  },
} as const satisfies Record<string, TopList>;

export type TopListName = keyof typeof topLists;

/** The list that a query reads; undefined for every other query. */
export const topListOf = (sql: string): TopListName | undefined =>
  (Object.keys(topLists) as TopListName[]).find((name) => topLists[name].sql === sql);

/** The uid and the type of Grafana's data source for the directory's database. */
export const DIRECTORY_DATA_SOURCE = {
  type: "grafana-postgresql-datasource",
  uid: "directory-postgres",
} as const;
