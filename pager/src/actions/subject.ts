import type { Queries } from "@watchkeeper/exporters/database";
import { instant } from "../channels/words.ts";
import type { Priority } from "../incidents/priority.ts";

/** An incident as pages and voices name it, as it is right now. */
export interface Subject {
  readonly id: string;
  readonly number: number;
  readonly priority: Priority;
  readonly alertname: string;
  readonly service: string;
  readonly summary: string;
  /** `#12 ServiceDown: The directory does not answer (app)`. */
  readonly headline: string;
  /** `Nobody looks after it yet.` */
  readonly state: string;
}

interface Row {
  id: string;
  number: string;
  state: "triggered" | "acknowledged" | "resolved";
  priority: Priority;
  acknowledged_by: string | null;
  snoozed_until: Date | null;
  resolved_at: Date | null;
  alertname: string;
  service: string;
  summary: string;
}

function stateOf({ state, acknowledged_by, snoozed_until, resolved_at }: Row): string {
  if (state === "resolved") return `It is over${resolved_at ? ` since ${instant(resolved_at)}` : ""}.`;
  if (state === "acknowledged") return `Acknowledged by ${acknowledged_by ?? "somebody"}.`;
  return snoozed_until ? `It is snoozed until ${instant(snoozed_until)}.` : "Nobody looks after it yet.";
}

/** @param id uuid, or the number that people use */
export async function findSubject(queries: Queries, id: string): Promise<Subject | undefined> {
  const column = /^\d{1,15}$/.test(id) ? "number" : "id";
  const { rows } = await queries.query<Row>(
    `incident-subject-by-${column}`,
    `SELECT id, number, state, priority, acknowledged_by, snoozed_until, resolved_at, alertname, service, summary
     FROM incident WHERE ${column} = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { alertname, service, summary, priority } = row;
  const what = summary ? `${alertname}: ${summary}` : alertname;
  return {
    id: row.id,
    number: Number(row.number),
    priority,
    alertname,
    service,
    summary,
    headline: `#${row.number} ${what}${service ? ` (${service})` : ""}`,
    state: stateOf(row),
  };
}
