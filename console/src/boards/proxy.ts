import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import { readBounded, UpstreamError, type UpstreamLimits } from "../upstream/fetch-json.ts";

/** A panel over thirty days may take longer than a tile of now, and answer with more. */
export const BOARD_LIMITS: UpstreamLimits = { timeoutMs: 20_000, maxBytes: 16 * 1024 * 1024 };

/** Prometheus' own limit, per series. */
const MOST_POINTS = 11_000;
/** Prometheus keeps exemplars in memory: of longer ago it has none, and of a year there is nothing to draw. */
const LONGEST_FOR_EXEMPLARS = 40 * 86_400;
const LONGEST_QUERY = 20_000;

const query = z.string().min(1).max(LONGEST_QUERY);
const moment = z.coerce.number();
const selector = z.string().min(1).max(2_000);

/** Times are Unix seconds. A name that is not listed is refused: nothing reaches Prometheus that nobody looked at. */
const parameters = {
  query: z.strictObject({ query, time: moment }),
  query_range: z
    .strictObject({ query, start: moment, end: moment, step: z.coerce.number().positive() })
    .refine(({ start, end, step }) => end >= start && (end - start) / step < MOST_POINTS, {
      message: `must ask for at most ${MOST_POINTS.toLocaleString("en")} points, and end after it begins`,
      path: ["step"],
    }),
  query_exemplars: z
    .strictObject({ query, start: moment, end: moment })
    .refine(({ start, end }) => end >= start && end - start <= LONGEST_FOR_EXEMPLARS, {
      message: "must ask for at most 40 days, and end after it begins",
      path: ["end"],
    }),
  values: z.strictObject({
    start: moment.optional(),
    end: moment.optional(),
    "match[]": z.union([selector, z.array(selector).max(10)]).optional(),
    limit: z.coerce.number().int().min(1).max(20_000).default(20_000),
  }),
};

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/;

const refuse = (res: Response, status: number, errorType: string, error: string): void =>
  void res.status(status).json({ status: "error", errorType, error });

/** What Prometheus says about a question that it could not answer; empty when it says nothing that can be read. */
function complaintOf(text: string): string {
  try {
    return z.object({ error: z.string() }).parse(JSON.parse(text)).error.slice(0, 500);
  } catch {
    return "";
  }
}

/** Asks once; the question ends when the person who asked has gone. */
async function ask(url: string, body: URLSearchParams | undefined, res: Response, limits: UpstreamLimits) {
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  const late = AbortSignal.timeout(limits.timeoutMs);
  try {
    const answer = await fetch(url, {
      ...(body && { method: "POST", body }),
      // It is near: to compress here and unpack there takes longer than to send.
      headers: { "accept-encoding": "identity" },
      signal: AbortSignal.any([gone.signal, late]),
      redirect: "error",
    });
    return { status: answer.status, text: await readBounded(answer, "Prometheus", limits.maxBytes) };
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    if (late.aborted)
      throw new UpstreamError(`Prometheus does not answer within ${limits.timeoutMs / 1_000} s`, 504);
    throw new UpstreamError("Prometheus cannot be reached", 502, error);
  }
}

/**
 * `GET|POST /api/prometheus/query`, `…/query_range`, `…/query_exemplars` and `GET …/label/:name/values`: what boards
 * ask, and nothing else of Prometheus. Answers and errors have the form of Prometheus' API.
 *
 * @param url of Prometheus, without a slash at its end
 */
export function createPrometheusProxy(url: string, limits: UpstreamLimits = BOARD_LIMITS): Router {
  const router = Router();
  const body = express.urlencoded({ extended: false, limit: "64kb", parameterLimit: 20 });

  async function pass(path: string, asked: URLSearchParams, res: Response, post: boolean): Promise<void> {
    try {
      const target = `${url}/api/v1/${path}`;
      const { status, text } = post
        ? await ask(target, asked, res, limits)
        : await ask(`${target}?${asked}`, undefined, res, limits);
      if (res.closed) return;
      if (status === 200) return void res.type("json").set("Cache-Control", "no-store").send(text);
      const complaint = complaintOf(text);
      const client = status >= 400 && status < 500;
      const known = client || status === 503;
      refuse(
        res,
        known ? status : 502,
        client ? "query" : "unavailable",
        complaint || `Prometheus answers with an error (${status})`,
      );
    } catch (error) {
      if (res.closed) return;
      if (!(error instanceof UpstreamError)) throw error;
      refuse(res, error.status === 504 ? 504 : 502, "unavailable", error.message);
    }
  }

  const answer =
    (path: "query" | "query_range" | "query_exemplars") =>
    async (req: Request, res: Response): Promise<void> => {
      const parsed = parameters[path].safeParse(req.method === "POST" ? (req.body ?? {}) : req.query);
      if (!parsed.success) return refuse(res, 400, "bad_data", describe(parsed.error));
      const asked = new URLSearchParams(
        Object.entries(parsed.data).map(([name, value]): [string, string] => [name, String(value)]),
      );
      asked.set("timeout", `${limits.timeoutMs}ms`);
      await pass(path, asked, res, true);
    };

  for (const path of ["query", "query_range", "query_exemplars"] as const) {
    router.get(`/api/prometheus/${path}`, answer(path));
    router.post(`/api/prometheus/${path}`, body, answer(path));
  }

  router.get("/api/prometheus/label/:name/values", async (req, res) => {
    const parsed = parameters.values.safeParse(req.query);
    if (!LABEL.test(req.params.name))
      return refuse(res, 400, "bad_data", "Cannot list the values of such a label");
    if (!parsed.success) return refuse(res, 400, "bad_data", describe(parsed.error));
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(parsed.data))
      for (const one of [value].flat()) if (one !== undefined) asked.append(name, String(one));
    await pass(`label/${req.params.name}/values`, asked, res, false);
  });

  return router;
}

const describe = (error: z.ZodError): string =>
  `Cannot ask Prometheus as ${error.issues.map(({ path, message }) => `${path.join(".") || "the question"}: ${message}`).join("; ")}`;
