import type { Queries } from "@watchkeeper/exporters/database";

/** Which alerts a window is about, as Alertmanager matches them. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Planned work at run time: a silence in Alertmanager and a line on the status page. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly title: string;
  readonly matchers: Matcher[];
  readonly from: Date;
  readonly to: Date;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly state: "planned" | "active" | "over" | "withdrawn";
  /** Whether Alertmanager says the same; false with the reason while it does not. */
  readonly settled: boolean;
  readonly reason: string | null;
}

const COLUMNS = `id, title, matchers, from_at AS "from", to_at AS "to", created_at AS "createdAt",
  created_by AS "createdBy", settled, reason,
  CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN to_at <= pager_now() THEN 'over'
    WHEN from_at <= pager_now() THEN 'active' ELSE 'planned' END AS state`;

/** Those that end after the moment, the next first. */
export async function listWindows(queries: Queries, endsAfter: Date): Promise<readonly MaintenanceWindow[]> {
  const { rows } = await queries.query<MaintenanceWindow>(
    "list-maintenance-windows",
    `SELECT ${COLUMNS} FROM maintenance_window WHERE to_at > $1 ORDER BY from_at, maintenance_window.id LIMIT 1000`,
    [endsAfter],
  );
  return rows;
}

export async function addWindow(
  queries: Queries,
  window: Pick<MaintenanceWindow, "title" | "matchers" | "from" | "to" | "createdBy">,
): Promise<MaintenanceWindow> {
  const { rows } = await queries.query<MaintenanceWindow>(
    "add-maintenance-window",
    `INSERT INTO maintenance_window (title, matchers, from_at, to_at, created_by) VALUES ($1, $2, $3, $4, $5)
     RETURNING ${COLUMNS}`,
    [window.title, JSON.stringify(window.matchers), window.from, window.to, window.createdBy],
  );
  return rows[0] as MaintenanceWindow;
}

/** @returns undefined when there is none that still stands */
export async function withdrawWindow(
  queries: Queries,
  id: string,
  by: string,
): Promise<MaintenanceWindow | undefined> {
  const { rows } = await queries.query<MaintenanceWindow>(
    "withdraw-maintenance-window",
    `UPDATE maintenance_window SET withdrawn_at = pager_now(), withdrawn_by = $2, settled = false
     WHERE id = $1 AND withdrawn_at IS NULL RETURNING ${COLUMNS}`,
    [id, by],
  );
  return rows[0];
}
