import { textOfNumber } from "../series/digits.ts";
import { Exposed } from "../series/exposed.ts";
import { renderLabels } from "../series/label-text.ts";
import type { Page } from "../series/page.ts";
import type { Exemplar } from "../series/series.ts";
import type { ExpositionFormat } from "./format.ts";
import { adaptForeign, renderHead } from "./head.ts";

/** A registry of prom-client 15 or of one that followed it. */
export interface Registry {
  getMetricsAsArray(): readonly object[];
}

/** What both also have, though the types of prom-client 15 do not say so. */
interface Renderer {
  getMetricsAsString(metric: object): Promise<string>;
}

/** How long the event loop is held at a time, and for the page that is then under way. */
export const SLICE_MS = 1;

/** Sent on when it has become so long. */
const CHUNK_BYTES = 64 * 1024;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A metric of prom-client's own as its registry renders it. */
export const renderForeign = (registry: Registry, metric: object): Promise<string> =>
  (registry as unknown as Renderer).getMetricsAsString(metric);

/**
 * Labels that a registry puts on everything. No registry says them, but each writes them onto a metric that has none.
 */
export async function constantLabelsOf(registry: Registry): Promise<string> {
  const probe = {
    get: () => ({ name: "probe", help: "", type: "gauge", values: [{ labels: {}, value: 0 }] }),
  };
  const text = await renderForeign(registry, probe);
  return /^probe\{(.*)\} 0$/m.exec(text)?.[1] ?? "";
}

function renderExemplar({ labels, value, seconds }: Exemplar): string {
  const names = Object.keys(labels);
  const text = renderLabels(names, Object.values(labels));
  return ` # {${text}} ${textOfNumber(value)} ${seconds.toFixed(3)}`;
}

/** A page as it is now, for OpenMetrics with its exemplars at the ends of their lines. */
function bytesOf(page: Page, format: ExpositionFormat, constantLabels: string): Uint8Array {
  const bytes = page.update(constantLabels);
  const exemplars = format === "openmetrics" ? page.exemplars() : [];
  if (exemplars.length === 0) return bytes;
  let from = 0;
  const parts = exemplars.flatMap(({ end, exemplar }) => {
    const part = [bytes.subarray(from, end), Buffer.from(renderExemplar(exemplar))];
    from = end;
    return part;
  });
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

/**
 * Collects pieces into one buffer, which is filled again and again: a large scrape that left megabytes behind would stop
 * the process for their collection longer than for the scrape.
 */
class Chunk {
  #bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #length = 0;

  /** Whether so much more can be added before `take`; a piece that is larger than a chunk has one of its own. */
  fits(length: number): boolean {
    return this.#length === 0 || this.#length + length <= this.#bytes.length;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was added, until the next `add`. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** What a scrape shows of a metric. */
export interface ShownMetric {
  readonly exposedName: string;
  readonly help: string;
  readonly type: string;
  readonly pages: Iterable<Page>;
}

/** A metric of which only its text is known, made when its turn has come. */
export type ForeignMetric = () => string | Promise<string>;

/**
 * Writes metrics. The event loop is given back every millisecond, also to requests that change the numbers: one series is
 * of one moment, two may be of two.
 *
 * @param constantLabels text of labels that every series carries, such as `zone="a"`
 * @returns chunks of whole lines, each of which holds until the next is asked for: copy what must last
 */
export async function* render(
  metrics: readonly (ShownMetric | ForeignMetric)[],
  format: ExpositionFormat,
  constantLabels = "",
  sliceMs = SLICE_MS,
): AsyncGenerator<Buffer, void> {
  const chunk = new Chunk();
  let sliceEndsMs = performance.now() + sliceMs;
  const rest = async (): Promise<void> => {
    if (performance.now() < sliceEndsMs) return;
    await nextTurn();
    sliceEndsMs = performance.now() + sliceMs;
  };
  for (const metric of metrics) {
    const isForeign = typeof metric === "function";
    const text = Buffer.from(
      isForeign ? await metric() : renderHead(metric.exposedName, metric.help, metric.type, format),
    );
    if (!chunk.fits(text.length)) yield chunk.take();
    chunk.add(text);
    await rest();
    if (isForeign) continue;
    // A copy, since pages come and go between two slices.
    for (const page of [...metric.pages]) {
      let bytes = bytesOf(page, format, constantLabels);
      if (!chunk.fits(bytes.length)) {
        yield chunk.take();
        // Another scrape may have changed it meanwhile.
        bytes = bytesOf(page, format, constantLabels);
      }
      chunk.add(bytes);
      await rest();
    }
  }
  const end = Buffer.from(format === "openmetrics" ? "# EOF\n" : "");
  if (!chunk.fits(end.length)) yield chunk.take();
  chunk.add(end);
  yield chunk.take();
}

/** Calls every `collect` of our metrics, all at once. */
export async function collectAll(registry: Registry): Promise<void> {
  const metrics = registry.getMetricsAsArray();
  await Promise.all(metrics.map((metric) => (metric instanceof Exposed ? metric.collect?.() : undefined)));
}

/**
 * Writes everything that a registry has: fast for metrics of ours, as fast as prom-client can for its own.
 *
 * @returns chunks of whole lines, each of which holds until the next is asked for: copy what must last
 */
export async function* expose(
  registry: Registry,
  format: ExpositionFormat,
  sliceMs = SLICE_MS,
): AsyncGenerator<Buffer, void> {
  const constantLabels = await constantLabelsOf(registry);
  await collectAll(registry);
  const metrics = registry
    .getMetricsAsArray()
    .map((metric) =>
      metric instanceof Exposed
        ? metric
        : async () => adaptForeign(await renderForeign(registry, metric), format),
    );
  yield* render(metrics, format, constantLabels, sliceMs);
}

/** As `expose`, in one text. */
export async function exposeText(registry: Registry, format: ExpositionFormat = "text"): Promise<string> {
  let text = "";
  for await (const chunk of expose(registry, format)) text += chunk.toString("utf8");
  return text;
}
