import type { TopListName } from "@watchkeeper/catalogue/top-lists";
import { SignedOut } from "../poll.ts";
import type { Table } from "./cell-table.ts";

interface TopAnswer {
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly (string | number)[])[];
  readonly error?: { readonly message: string };
}

/** Series as Prometheus sends them: Unix seconds and text. */
export interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
}

/** Single events of a series, as Prometheus sends them. */
export interface RawExemplars {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    /** Unix seconds. */
    readonly timestamp: number;
  }[];
}

/** A question that Prometheus could not answer; the message is a sentence for the panel. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

interface Envelope {
  readonly status?: string;
  readonly error?: string;
  readonly data?: unknown;
}

async function read(path: string, init: RequestInit): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`/api/prometheus/${path}`, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new QueryError("The console cannot be reached");
  }
  if (answer.status === 401) throw new SignedOut("You are signed out: load the page again");
  const body = (await answer.json().catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    return {};
  })) as Envelope;
  if (body.status !== "success")
    throw new QueryError(body.error ?? `The console answers with an error (${answer.status})`);
  return body.data;
}

const ask = (
  path: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> => read(path, { method: "POST", body: new URLSearchParams(parameters), signal });

/** Asks Prometheus through the console. What two panels ask within one refresh is asked once. */
export interface Questions {
  range(query: string, start: number, end: number, step: number): Promise<readonly RawSeries[]>;
  instant(query: string, time: number): Promise<readonly RawSeries[]>;
  /** Single requests behind a query; none where Prometheus keeps none. */
  exemplars(query: string, start: number, end: number): Promise<readonly RawExemplars[]>;
  labelValues(label: string, selector: string, start: number, end: number): Promise<readonly string[]>;
  /** A list that is published in the directory's database. */
  top(list: TopListName): Promise<Table>;
}

interface Result {
  readonly resultType: string;
  readonly result: readonly RawSeries[] | readonly [number, string];
}

function seriesOf(data: unknown): readonly RawSeries[] {
  const { resultType, result } = data as Result;
  if (resultType === "vector" || resultType === "matrix") return result as readonly RawSeries[];
  if (resultType === "scalar") return [{ metric: {}, value: result as readonly [number, string] }];
  throw new QueryError(`A panel cannot show what the query answers with: a ${resultType}`);
}

/** @param signal ends all questions: their answers are not wanted any more */
export function createQuestions(signal: AbortSignal): Questions {
  const asked = new Map<string, Promise<readonly RawSeries[]>>();
  const once = (
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<readonly RawSeries[]> => {
    const key = `${path}?${new URLSearchParams(parameters)}`;
    const known = asked.get(key);
    if (known) return known;
    const question = ask(path, parameters, signal).then(seriesOf);
    asked.set(key, question);
    return question;
  };
  return {
    range: (query, start, end, step) =>
      once("query_range", { query, start: String(start), end: String(end), step: String(step) }),
    instant: (query, time) => once("query", { query, time: String(time) }),
    exemplars: async (query, start, end) =>
      (await ask(
        "query_exemplars",
        { query, start: String(start), end: String(end) },
        signal,
      )) as readonly RawExemplars[],
    async labelValues(label, selector, start, end) {
      const parameters = new URLSearchParams({ start: String(start), end: String(end) });
      if (selector) parameters.set("match[]", selector);
      const path = `label/${encodeURIComponent(label)}/values?${parameters}`;
      return (await read(path, { signal })) as readonly string[];
    },
    async top(list) {
      const answer = await fetch(`/api/top/${list}`, { signal });
      if (answer.status === 401) throw new SignedOut("You are signed out: load the page again");
      const body = (await answer.json()) as TopAnswer;
      if (!answer.ok)
        throw new QueryError(body.error?.message ?? `The console answers with ${answer.status}`);
      const { columns = [], rows = [] } = body;
      return {
        columns,
        rows: rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null]))),
      };
    },
  };
}
