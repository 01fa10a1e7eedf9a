/**
 * Shapes that a value of the JSON may have. Each says what is wrong with a value, by the path at which it is wrong.
 */
export type Shape = (value: unknown, path: string) => readonly string[];

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? "undefined";

/** Anything: what the console does not need to draw, and what only an editor in Grafana uses. */
export const anything: Shape = () => [];

export const oneOf =
  (...allowed: readonly unknown[]): Shape =>
  (value, path) =>
    allowed.includes(value) ? [] : [`${path} ${show(value)}`];

const ofType =
  (...types: readonly string[]): Shape =>
  (value, path) =>
    types.includes(value === null ? "null" : typeof value) ? [] : [`${path} ${show(value)}`];

export const text = ofType("string");
export const texts = ofType("string", "null");
export const number = ofType("number", "null");
export const flag = ofType("boolean");

export const list =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, i) => shape(item, `${path}[${i}]`))
      : [`${path} ${show(value)}`];

/** Any number of names, each of one shape. */
export const map =
  (shape: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => shape(item, `${path}.${name}`))
      : [`${path} ${show(value)}`];

export type Shapes = Readonly<Record<string, Shape>>;

/** Only names that are listed; none must be there. */
export const object =
  (shapes: Shapes): Shape =>
  (value, path) => {
    if (!isObject(value)) return [`${path} ${show(value)}`];
    return Object.entries(value).flatMap(([name, item]) => {
      const at = path === "" ? name : `${path}.${name}`;
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      return shape ? shape(item, at) : item === undefined ? [] : [at];
    });
  };

/** A shape for each value of one name, as in `{ id: "organize", options: … }`. */
export const tagged =
  (tag: string, name: string, shapes: Shapes): Shape =>
  (value, path) => {
    if (!isObject(value)) return [`${path} ${show(value)}`];
    const key = String(value[tag]);
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    return shape ? shape(value[name], `${path}.${name}`) : [`${path}.${tag} ${show(value[tag])}`];
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
