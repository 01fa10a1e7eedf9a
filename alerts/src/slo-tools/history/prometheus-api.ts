/** One series of an answer: its samples as pairs of Unix seconds and value. */
export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

/** Prometheus' HTTP API, as far as history is read. */
export interface PrometheusApi {
  query(expression: string, at: number): Promise<readonly AnsweredSeries[]>;
  queryRange(expression: string, from: number, to: number, step: number): Promise<readonly AnsweredSeries[]>;
}

const TIMEOUT_MS = 120_000;

type Pair = readonly [number, string];
interface Body {
  readonly status?: string;
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: Pair;
      readonly values?: readonly Pair[];
    }[];
  };
}

/** @param url where Prometheus listens, such as `http://127.0.0.1:4710` */
export function createPrometheusApi(url: string): PrometheusApi {
  const ask = async (path: string, form: Readonly<Record<string, string>>) => {
    const refuse = (reason: string): never => {
      throw new Error(`Cannot ask Prometheus at ${url} as ${reason}`);
    };
    const response = await fetch(new URL(path, url), {
      method: "POST",
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => refuse(`it does not answer: ${error.message}`));
    const body = (await response
      .json()
      .catch(() => refuse(`its answer with status ${response.status} is no JSON`))) as Body;
    if (body.status !== "success") refuse(`it says: ${body.error ?? response.status}`);
    return (body.data?.result ?? []).map(
      ({ metric, value, values }): AnsweredSeries => ({
        labels: metric,
        samples: (values ?? (value ? [value] : [])).map(([at, text]) => [at, Number(text)] as const),
      }),
    );
  };
  return {
    query: (query, time) => ask("/api/v1/query", { query, time: String(time) }),
    queryRange: (query, start, end, step) =>
      ask("/api/v1/query_range", {
        query,
        start: String(start),
        end: String(end),
        step: String(step),
      }),
  };
}
