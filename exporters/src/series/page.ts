import { isWhole, padNumber, putWhole, textOfNumber, widthOf } from "./digits.ts";
import { renderLabels } from "./label-text.ts";
import type { Exemplar } from "./series.ts";
import type { Shape } from "./shape.ts";

/** What a page shows of a metric: one of this process, of another thread, or of many processes together. */
export interface PagedMetric {
  readonly exposedName: string;
  readonly labelNames: readonly string[];
  readonly shape: Shape;
}

/** One series on a page. */
export interface PagedSeries {
  readonly values: readonly string[];
  readonly slab: Float64Array;
  readonly offset: number;
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

/** Few enough that moving the end of a page by a byte is cheap, enough that pages are few. */
const SERIES_PER_PAGE = 32;

/** Room for numbers to get wider before the page must be made anew. */
const SPARE_BYTES = 256;

/**
 * The text of a few series. It is written once; after that only numbers that have changed are, in their places.
 *
 *     http_requests_total{method="GET",route="/"} 41
 *                                                 ▲ offsets[line], widths[line] bytes, shown[line]
 */
export class Page {
  readonly series: PagedSeries[] = [];
  readonly #metric: PagedMetric;
  readonly #fresh: Float64Array;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #offsets = new Int32Array(0);
  #widths = new Uint8Array(0);
  #shown = new Float64Array(0);
  #constantLabels: string | undefined;

  constructor(metric: PagedMetric) {
    this.#metric = metric;
    this.#fresh = new Float64Array(metric.shape.lines);
  }

  /** Its series are not those that it was written with. */
  expire(): void {
    this.#constantLabels = undefined;
  }

  /**
   * Brings the page up to date.
   *
   * @param constantLabels text of labels that every series carries, such as `zone="a"`
   * @returns its bytes, which the next update changes: copy what must last
   */
  update(constantLabels: string): Uint8Array {
    if (this.#constantLabels === constantLabels) this.#patch();
    else this.#write(constantLabels);
    return this.#bytes.subarray(0, this.#length);
  }

  #write(constantLabels: string): void {
    const { shape, exposedName, labelNames } = this.#metric;
    const count = this.series.length * shape.lines;
    this.#offsets = new Int32Array(count);
    this.#widths = new Uint8Array(count);
    this.#shown = new Float64Array(count);
    let text = "";
    let length = 0;
    let line = 0;
    for (const { values, slab, offset } of this.series) {
      shape.read(slab, offset, this.#fresh);
      const labels = renderLabels(labelNames, values, constantLabels);
      for (let i = 0; i < shape.lines; i++) {
        const le = shape.edgeOf(i);
        const edge = le === undefined ? "" : `le="${le}"${labels === "" ? "" : ","}`;
        const braced = edge === "" && labels === "" ? "" : `{${edge}${labels}}`;
        const prefix = `${exposedName}${shape.suffixOf(i)}${braced} `;
        const value = this.#fresh[i] as number;
        const digits = textOfNumber(value);
        this.#offsets[line] = length + Buffer.byteLength(prefix);
        this.#widths[line] = digits.length;
        this.#shown[line] = value;
        length = (this.#offsets[line] as number) + digits.length + 1;
        text += `${prefix}${digits}\n`;
        line++;
      }
    }
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(length + SPARE_BYTES);
    this.#length = this.#bytes.write(text, 0, "utf8");
    this.#constantLabels = constantLabels;
  }

  #patch(): void {
    const { lines } = this.#metric.shape;
    const shown = this.#shown;
    const fresh = this.#fresh;
    let line = 0;
    for (const { slab, offset } of this.series) {
      this.#metric.shape.read(slab, offset, fresh);
      for (let i = 0; i < lines; i++, line++) {
        const value = fresh[i] as number;
        if (value === shown[line]) continue;
        shown[line] = value;
        this.#put(line, value);
      }
    }
  }

  #put(line: number, value: number): void {
    const width = this.#widths[line] as number;
    if (isWhole(value)) {
      const needed = widthOf(value);
      if (needed !== width) this.#resize(line, needed);
      putWhole(this.#bytes, this.#offsets[line] as number, needed, value);
      return;
    }
    const text = textOfNumber(value);
    const fitting = padNumber(text, width);
    if (fitting === undefined) this.#resize(line, text.length);
    this.#bytes.write(fitting ?? text, this.#offsets[line] as number, "latin1");
  }

  /** Gives a number more or less room: all behind it moves. */
  #resize(line: number, width: number): void {
    const by = width - (this.#widths[line] as number);
    if (this.#length + by > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(this.#length + by + SPARE_BYTES);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    const end = (this.#offsets[line] as number) + (this.#widths[line] as number);
    this.#bytes.copyWithin(end + by, end, this.#length);
    this.#length += by;
    this.#widths[line] = width;
    const offsets = this.#offsets;
    for (let i = line + 1; i < offsets.length; i++) offsets[i] = (offsets[i] as number) + by;
  }

  /** Where each line ends that has an exemplar, after an update. Only buckets have any. */
  exemplars(): readonly { readonly end: number; readonly exemplar: Exemplar }[] {
    const { shape } = this.#metric;
    const { lines } = shape;
    if (shape.edgeOf(0) === undefined) return [];
    return this.series.flatMap(({ exemplars = [] }, n) =>
      exemplars.flatMap((exemplar, i) => {
        const line = n * lines + i;
        const end = (this.#offsets[line] as number) + (this.#widths[line] as number);
        return exemplar ? [{ end, exemplar }] : [];
      }),
    );
  }
}

/** All pages of a metric. */
export class Pages implements Iterable<Page> {
  readonly #metric: PagedMetric;
  readonly #pages: Page[] = [];
  readonly #pageOf = new Map<PagedSeries, Page>();

  constructor(metric: PagedMetric) {
    this.#metric = metric;
  }

  add(series: PagedSeries): void {
    let page = this.#pages.at(-1);
    if (!page || page.series.length >= SERIES_PER_PAGE) {
      page = new Page(this.#metric);
      this.#pages.push(page);
    }
    page.series.push(series);
    page.expire();
    this.#pageOf.set(series, page);
  }

  remove(series: PagedSeries): void {
    const page = this.#pageOf.get(series);
    if (!page) return;
    this.#pageOf.delete(series);
    page.series.splice(page.series.indexOf(series), 1);
    page.expire();
    if (page.series.length === 0) this.#pages.splice(this.#pages.indexOf(page), 1);
  }

  [Symbol.iterator](): Iterator<Page> {
    return this.#pages[Symbol.iterator]();
  }
}
