/**
 * How the numbers of one series lie in its slab, and which lines of the exposition they become. Families of this
 * process, their mirror in a worker and their sum over a cluster share it.
 */
export interface Shape {
  /** Numbers that one series keeps. */
  readonly stride: number;
  /** Lines that one series has in the exposition. */
  readonly lines: number;
  /** Suffix of the name of a line, such as `_bucket`. */
  suffixOf(line: number): string;
  /** The value of `le` of a line, where it has one. */
  edgeOf(line: number): string | undefined;
  /** Writes the values of all lines of the series at `offset`. */
  read(slab: Float64Array, offset: number, into: Float64Array): void;
}

const scalar: Shape = {
  stride: 1,
  lines: 1,
  suffixOf: () => "",
  edgeOf: () => undefined,
  read(slab, offset, into) {
    into[0] = slab[offset] ?? 0;
  },
};

/** Buckets that do not add up yet, the one of +Inf behind the edges, then the sum. */
function histogram(edges: readonly number[]): Shape {
  const buckets = edges.length + 1;
  const texts = [...edges.map(String), "+Inf"];
  return {
    stride: buckets + 1,
    lines: buckets + 2,
    suffixOf: (line) => (line < buckets ? "_bucket" : line === buckets ? "_sum" : "_count"),
    edgeOf: (line) => texts[line],
    read(slab, offset, into) {
      let total = 0;
      for (let i = 0; i < buckets; i++) {
        total += slab[offset + i] as number;
        into[i] = total;
      }
      into[buckets] = slab[offset + buckets] as number;
      into[buckets + 1] = total;
    },
  };
}

/** How often a histogram observed anything: a counter that costs nothing to keep. */
function observations(edges: readonly number[]): Shape {
  return {
    ...scalar,
    stride: edges.length + 2,
    read(slab, offset, into) {
      let total = 0;
      for (let i = 0; i <= edges.length; i++) total += slab[offset + i] as number;
      into[0] = total;
    },
  };
}

/** What says how a family's numbers are read. Plain data, so that it can be sent to another thread or process. */
export interface ShapeOptions {
  readonly kind: "scalar" | "histogram" | "observations";
  /** Upper bucket edges, ascending, without +Inf; empty for a scalar. */
  readonly edges: readonly number[];
}

export function createShape({ kind, edges }: ShapeOptions): Shape {
  if (kind === "scalar") return scalar;
  return kind === "histogram" ? histogram(edges) : observations(edges);
}
