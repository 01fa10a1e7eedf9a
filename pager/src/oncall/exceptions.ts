import type { Queries } from "@watchkeeper/exporters/database";
import type { Schedule, Span } from "./schedule.ts";

/** An override or a swap that somebody made at run time. */
export interface Exception {
  readonly id: string;
  readonly schedule: string;
  readonly kind: "override" | "swap";
  readonly person: string;
  /** The other one of a swap. */
  readonly otherPerson: string | null;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly note: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

const COLUMNS = `id, schedule, kind, person, other_person AS "otherPerson", from_at AS "from", to_at AS "to", note,
  created_at AS "createdAt", created_by AS "createdBy"`;

/** Those of a span that were not withdrawn, in the order in which they were made. */
export async function loadExceptions(queries: Queries, span: Span): Promise<readonly Exception[]> {
  const { rows } = await queries.query<Exception>(
    "oncall-exceptions",
    `SELECT ${COLUMNS} FROM oncall_exception
     WHERE withdrawn_at IS NULL AND from_at < $2 AND to_at > $1 ORDER BY sequence`,
    [new Date(span.fromMs), new Date(span.toMs)],
  );
  return rows;
}

export async function addException(
  tx: Queries,
  exception: Omit<Exception, "id" | "createdAt">,
): Promise<Exception> {
  const { rows } = await tx.query<Exception>(
    "add-oncall-exception",
    `INSERT INTO oncall_exception (schedule, kind, person, other_person, from_at, to_at, note, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
    [
      exception.schedule,
      exception.kind,
      exception.person,
      exception.otherPerson,
      exception.from,
      exception.to,
      exception.note,
      exception.createdBy,
    ],
  );
  return rows[0] as Exception;
}

/** Takes one back; it stays in the table with who took it back. @returns undefined when there is none */
export async function withdrawException(
  tx: Queries,
  id: string,
  kind: Exception["kind"],
  by: string,
): Promise<Exception | undefined> {
  const { rows } = await tx.query<Exception>(
    "withdraw-oncall-exception",
    `UPDATE oncall_exception SET withdrawn_at = pager_now(), withdrawn_by = $3
     WHERE id = $1 AND kind = $2 AND withdrawn_at IS NULL RETURNING ${COLUMNS}`,
    [id, kind, by],
  );
  return rows[0];
}

/** The schedule with what was made at run time on top: overrides over the file's, swaps after the file's. */
export function withExceptions(schedule: Schedule, exceptions: readonly Exception[]): Schedule {
  const own = exceptions.filter((one) => one.schedule === schedule.name);
  if (own.length === 0) return schedule;
  const spanOf = ({ from, to }: Exception): Span => ({ fromMs: from.getTime(), toMs: to.getTime() });
  return {
    ...schedule,
    overrides: [
      ...schedule.overrides,
      ...own
        .filter(({ kind }) => kind === "override")
        .map((one) => ({ ...spanOf(one), id: one.id, person: one.person })),
    ],
    swaps: [
      ...schedule.swaps,
      ...own.flatMap((one) =>
        one.otherPerson === null
          ? []
          : [{ ...spanOf(one), id: one.id, between: [one.person, one.otherPerson] as const }],
      ),
    ],
  };
}
