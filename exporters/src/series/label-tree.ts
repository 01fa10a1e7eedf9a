/**
 * Finds what belongs to a set of label values: one map for each label, one within the other. Nothing is joined into a
 * key, so that no two sets can be mistaken for each other, whatever separators their values contain.
 */
export class LabelTree<Leaf> {
  readonly #depth: number;
  #root: Map<string, unknown> = new Map();
  /** The one leaf of a tree without labels. */
  #single: Leaf | undefined;

  constructor(depth: number) {
    this.#depth = depth;
  }

  get(values: readonly string[]): Leaf | undefined {
    if (this.#depth === 0) return this.#single;
    let node: unknown = this.#root;
    for (let i = 0; i < this.#depth; i++) {
      node = (node as Map<string, unknown>).get(values[i] as string);
      if (node === undefined) return undefined;
    }
    return node as Leaf;
  }

  /** As `get`, for labels by name. Numbers are found as their text. */
  find(names: readonly string[], labels: Readonly<Record<string, unknown>>): Leaf | undefined {
    if (this.#depth === 0) return this.#single;
    let node: unknown = this.#root;
    for (let i = 0; i < this.#depth; i++) {
      const value = labels[names[i] as string];
      node = (node as Map<string, unknown>).get(typeof value === "string" ? value : textOf(value));
      if (node === undefined) return undefined;
    }
    return node as Leaf;
  }

  set(values: readonly string[], leaf: Leaf): void {
    if (this.#depth === 0) {
      this.#single = leaf;
      return;
    }
    let node = this.#root;
    for (let i = 0; i < this.#depth - 1; i++) {
      const value = values[i] as string;
      let next = node.get(value) as Map<string, unknown> | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(value, next);
      }
      node = next;
    }
    node.set(values[this.#depth - 1] as string, leaf);
  }

  /** Forgets a leaf, and the maps that only it needed. */
  delete(values: readonly string[]): void {
    if (this.#depth === 0) {
      this.#single = undefined;
      return;
    }
    const path = [this.#root];
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = path[i]?.get(values[i] as string);
      if (!(next instanceof Map)) return;
      path.push(next);
    }
    for (let i = this.#depth - 1; i >= 0; i--) {
      path[i]?.delete(values[i] as string);
      if ((path[i]?.size ?? 0) > 0) return;
    }
  }
}

/** A label that is not given is the same to Prometheus as one without text. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null ? "" : String(value);
