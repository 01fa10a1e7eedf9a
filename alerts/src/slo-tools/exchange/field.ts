/** How a value that was found is shown in a sentence. */
const show = (value: unknown): string => {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One place in a foreign file: what cannot be read there is refused in one sentence. */
export class Field {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;
  /** What is being done with the file. */
  readonly task: string;
  constructor(file: string, path: string, value: unknown, task = "import") {
    this.file = file;
    this.path = path;
    this.value = value;
    this.task = task;
  }

  /** @throws Error that names the file, the field, what is allowed and what was found */
  refuse(allowed: string, found = show(this.value)): never {
    throw new Error(`Cannot ${this.task} "${this.file}" as ${this.path} must be ${allowed}: found ${found}`);
  }

  get missing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** One field of a mapping. Call `only` first: what nobody reads is never passed over in silence. */
  at(name: string): Field {
    const path = this.path === "" ? name : `${this.path}.${name}`;
    return new Field(this.file, path, isMapping(this.value) ? this.value[name] : undefined, this.task);
  }

  /** Refuses what is no mapping, and any field of it but these. */
  only(...names: readonly string[]): this {
    if (!isMapping(this.value)) this.refuse(`a mapping of ${names.join(", ")}`);
    for (const name of Object.keys(this.value as object)) {
      if (!names.includes(name)) {
        const place = this.path === "" ? "its fields" : `the fields of ${this.path}`;
        new Field(this.file, place, name, this.task).refuse(`among ${names.join(", ")}`);
      }
    }
    return this;
  }

  list(): readonly Field[] {
    if (!Array.isArray(this.value)) this.refuse("a list");
    return (this.value as readonly unknown[]).map(
      (each, i) => new Field(this.file, `${this.path}[${i}]`, each, this.task),
    );
  }

  text(): string {
    if (typeof this.value !== "string" || this.value.trim() === "") this.refuse("a text");
    return (this.value as string).trim();
  }

  number(): number {
    if (typeof this.value !== "number" || !Number.isFinite(this.value)) this.refuse("a number");
    return this.value as number;
  }

  flag(): boolean {
    if (this.missing) return false;
    if (typeof this.value !== "boolean") this.refuse("true or false");
    return this.value as boolean;
  }

  oneOf<const T extends string>(allowed: readonly T[]): T {
    const found = allowed.find((each) => each === this.value);
    return found ?? this.refuse(allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(", ")}`);
  }
}
